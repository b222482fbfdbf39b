/**
 * Lets one load be answered by one application, or by several that share it, and tells what that cost them.
 * `count` requests go over `connections`; all must be answered with `status`.
 */
export async function measure({ applications, provider, load }, request) {
  const { label, status, count, bodies, connections, path = '/form', profile = false } = request;
  const urls = await Promise.all(applications.map((application) => application.ask('url')));
  await load.ask('prepare', { urls, path, bodies, count, connections });
  const before = await provider.ask('counts');
  await Promise.all(applications.map((application) => application.ask('begin', { profile })));
  const { statuses, durationMs, p50, p99 } = await load.ask('go');
  const ends = await Promise.all(applications.map((application) => application.ask('end')));
  const after = await provider.ask('counts');
  expectOnly(status, statuses, label);
  return {
    cpuUs: sum(ends.map(({ cpuUs }) => cpuUs)) / count,
    rps: (count / durationMs) * 1000,
    p50,
    p99,
    calls: (sum(Object.values(after.calls)) - sum(Object.values(before.calls))) / count,
    sockets: after.peak,
    peakRss: sum(ends.map(({ peakRss }) => peakRss)),
    profiles: profile ? ends.map((end) => end.profile) : [],
  };
}

function expectOnly(status, statuses, label) {
  const others = Object.keys(statuses).filter((seen) => Number(seen) !== status);
  if (others.length === 0) return;
  throw new Error(`${label} was to answer ${status} only, and answered ${JSON.stringify(statuses)}.`);
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0);
}
