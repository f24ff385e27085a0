/**
 * Loaded into the worker with --import beside --expose-gc, so that its memory can be compared without its garbage:
 * SIGUSR2 collects in the main thread and in the threads that run workflows.
 */
import { isMainThread } from 'node:worker_threads';

const channel = new BroadcastChannel('collect-garbage');
channel.unref();
if (isMainThread) {
  process.on('SIGUSR2', () => {
    channel.postMessage('now');
    globalThis.gc?.();
  });
} else {
  channel.onmessage = () => globalThis.gc?.();
}
