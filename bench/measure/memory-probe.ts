/**
 * Loaded into the worker with --import beside --expose-gc, so that its memory can be compared without its garbage. SIGUSR2
 * collects in the main thread and in the threads that run workflows; then the file MEMORY_PROBE_FILE holds how many bytes
 * all of them have in use: their heaps, and what these hold outside of them.
 */
import { writeFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

const toThreads = new BroadcastChannel('memory-probe');
const fromThreads = new BroadcastChannel('memory-probe-answers');
toThreads.unref();
fromThreads.unref();

function bytesInUse(): number {
  globalThis.gc?.();
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return heap + outside;
}

if (isMainThread) {
  let total = 0;
  const add = (bytes: number) => {
    total += bytes;
    writeFileSync(process.env['MEMORY_PROBE_FILE'] ?? '', String(total));
  };
  fromThreads.onmessage = ({ data }) => add(data as number);
  process.on('SIGUSR2', () => {
    total = 0;
    toThreads.postMessage('now');
    add(bytesInUse());
  });
} else {
  toThreads.onmessage = () => fromThreads.postMessage(bytesInUse());
}
