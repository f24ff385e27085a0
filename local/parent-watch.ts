const POLL_MS = 500;

/**
 * Calls once when the process that started this one is gone; only under npm. When npm is killed, or told to stop while
 * a shell stands between, it passes nothing on; a process started from a person's own shell, though, may outlive that
 * shell on purpose.
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
