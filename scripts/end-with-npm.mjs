// Ends this process when npm ends: node --import ./scripts/end-with-npm.mjs program.js
// npm sends SIGTERM to the shell between itself and this process. That shell (dash) ends without passing it on, so the
// program would keep running and its port would stay in use. `exec` in the script would do, but not on Windows.
import process from 'node:process';

const shell = process.ppid;
const timer = setInterval(() => {
  if (process.ppid === shell) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, 100);
timer.unref();
