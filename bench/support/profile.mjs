import { fileURLToPath } from 'node:url';

/** Where a V8 CPU profile says that the time went, by function and by package, in microseconds of self time. */
export function selfTimes(profiles) {
  const frames = new Map();
  const packages = new Map();
  for (const { nodes, samples, timeDeltas } of profiles) {
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
    samples.forEach((id, i) => {
      const { functionName, url, lineNumber } = byId.get(id);
      if (functionName === '(idle)') return;
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

function shortened(url) {
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url);
  return path.slice(path.lastIndexOf('node_modules/') + 1).replace(/^.*?node_modules\//, '');
}

function packageOf(url, functionName) {
  if (url === '') return functionName.startsWith('(') ? functionName : 'built in';
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const [scope, name] = fileURLToPath(url).split('node_modules/').at(-1).split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope || 'bench';
}
