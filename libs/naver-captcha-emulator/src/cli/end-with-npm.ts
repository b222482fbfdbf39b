/**
 * Ends this process when npm or npx ends. They send SIGTERM to the shell between themselves and this process, and that
 * shell (dash) ends without passing it on, so the port would stay in use.
 */
export function endWithNpm(process: NodeJS.Process): void {
  // Not where a script starts it in the background, or starts another program that starts it.
  if (!/^'?naver-captcha-emulator\b[^&]*$/.test(process.env['npm_lifecycle_script'] ?? '')) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 100);
  timer.unref();
}
