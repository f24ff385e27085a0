/** Enough of a handle for its owner to know it again, and too little for anybody else. */
export function maskedHandle(handle: string): string {
  const [first = ''] = handle;
  const last = handle.length > 4 ? (handle.at(-1) ?? '') : '';
  return `@${first}•••${last}`;
}

/** The same for a number, as its country writes it: the first digit and the last two stay. */
export function maskedNumber(formatted: string): string {
  const digits = formatted.replaceAll(/\D/g, '').length;
  let place = 0;
  return formatted.replaceAll(/\d/g, (digit) => {
    place += 1;
    return place === 1 || place > digits - 2 ? digit : '•';
  });
}
