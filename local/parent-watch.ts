const POLL_MS = 500;

/**
 * Calls once when the process that started this one is gone; only under npm. npm that is killed, or that is told to stop
 * while a shell stands between, passes nothing on; a process of one's own shell, though, may outlive it on purpose.
 */
export function whenNpmIsGone(
  environment: Readonly<Record<string, string | undefined>>,
  isGone: () => void,
): void {
  if (!environment['npm_lifecycle_event']) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    isGone();
  }, POLL_MS);
  watch.unref();
}
