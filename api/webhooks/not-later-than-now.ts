/** A clock that runs ahead must not lengthen the messaging window or the retention period. */
export function notLaterThanNow(at: Date): Date {
  return at.getTime() > Date.now() ? new Date() : at;
}
