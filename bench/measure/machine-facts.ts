import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { nowMs } from './clock.ts';
import { cpuSeconds, machineCpuSeconds } from './process-usage.ts';
import { round } from './summary.ts';

/** What the figures were measured on. */
export interface MachineFacts {
  cores: number;
  cpu: string;
  memoryGiB: number;
  kernel: string;
  node: string;
}

export function machineFacts(): MachineFacts {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() || modelNumber(),
    memoryGiB: round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
  };
}

/** Some virtual machines hide the name and tell a number alone. */
function modelNumber(): string {
  return /^model\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown';
}

/** How busy the machine was meanwhile, and how much of that was not ours. Shares are of all cores. */
export interface LoadFacts {
  seconds: number;
  /** Of the last minute, at the beginning and at the end. */
  loadAverage: [before: number, after: number];
  busyShare: number;
  foreignShare: number;
  stolenShare: number;
}

/** Begins to watch; the function it returns tells what has been since. Ours is this process and all that it started. */
export function watchLoad(): () => LoadFacts {
  const begun = take();
  return () => {
    const now = take();
    const seconds = (now.at - begun.at) / 1000;
    const share = (used: number) => round(used / (seconds * availableParallelism()), 3);
    const busy = now.busy - begun.busy;
    return {
      seconds: round(seconds),
      loadAverage: [begun.load, now.load],
      busyShare: share(busy),
      // Ticks are counted in different places, so a quiet machine may come out just below zero.
      foreignShare: Math.max(0, share(busy - (now.ours - begun.ours))),
      stolenShare: share(now.stolen - begun.stolen),
    };
  };
}

function take() {
  const { ours = 0 } = cpuSeconds({ ours: process.pid });
  return { at: nowMs(), load: round(loadavg()[0] ?? 0, 2), ours, ...machineCpuSeconds() };
}
