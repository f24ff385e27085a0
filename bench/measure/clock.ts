/** Milliseconds of the machine's own monotonic clock, so that times taken in different processes can be compared. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
