import { fileURLToPath } from 'node:url';

/** Waiting, and the inspector that takes the profile. */
const NOT_WORK = new Set(['(idle)', 'dispatch']);

/** Where a V8 CPU profile says that the time went, by function and by package, in microseconds of self time. */
export function selfTimes(profiles) {
  const frames = new Map();
  const packages = new Map();
  for (const { nodes, samples, timeDeltas } of profiles) {
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
    samples.forEach((id, i) => {
      const { functionName, url, lineNumber } = byId.get(id);
      if (NOT_WORK.has(functionName) && url === '') return;
      const place = url === '' ? '' : `${shortened(url)}:${lineNumber + 1}`;
      add(frames, `${functionName || '(anonymous)'} ${place}`.trim(), timeDeltas[i]);
      add(packages, packageOf(url, functionName), timeDeltas[i]);
    });
  }
  return { frames: descending(frames), packages: descending(packages) };
}

function add(map, name, us) {
  map.set(name, (map.get(name) ?? 0) + us);
}

function descending(map) {
  return [...map].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us);
}

/** The path inside `node_modules`, or Node's own name of the module. */
function shortened(url) {
  return url.startsWith('file:') ? fileURLToPath(url).split('node_modules/').at(-1) : url;
}

function packageOf(url, functionName) {
  if (url === '') return functionName.startsWith('(') ? functionName : 'built in';
  if (!url.startsWith('file:')) return url.split('/').slice(0, 2).join('/');
  const [scope, name] = shortened(url).split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope || 'bench';
}
