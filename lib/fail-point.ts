/**
 * The moments before and after each effect of a turn at which a test may end the process. "Before" is the last moment at
 * which the effect has not happened: for a change in the database, with everything written and only the commit to come.
 */
export const FAIL_POINTS = [
  'before commit',
  'after commit',
  'before signal',
  'after signal',
  'before read',
  'after read',
  'before model',
  'after model',
  'before draft',
  'after draft',
  'before intent',
  'after intent',
  'before send',
  'after send',
  'before accept',
  'after accept',
  'before mark',
  'after mark',
] as const;

/** The same for the erasure of a person, and for what is said and dropped after it. */
export const ERASURE_FAIL_POINTS = [
  'before fence',
  'after executions',
  'after key rows',
  'before rewrap',
  'before overwrite',
  'after overwrite',
  'between rows',
  'after rescan',
  'before proof',
  'after proof',
  'after certificate',
  'before telling',
  'after telling',
  'after mail',
  'after contact',
  'before close',
] as const;
/** `in NAME` is the moment at which an activity of that name has begun. */
export type FailPoint =
  | (typeof FAIL_POINTS)[number]
  | (typeof ERASURE_FAIL_POINTS)[number]
  | `in ${string}`;

interface Armed {
  point: FailPoint;
  passesLeft: number;
}

let armed: Armed | null = null;

/**
 * Ends the process at once, as a power cut would (SIGKILL), when it was started to end here. `MAYFLY_FAIL_POINT=after send:2`
 * in its environment means the second time that it comes to that point. With `MAYFLY_FAIL_POINT=told` the process that
 * started it names the point later, over the channel between the two. Without the variable, as always but in tests, this
 * does nothing, and nothing that a process is sent can change that.
 */
export function failPoint(point: FailPoint): void {
  if (armed === null || armed.point !== point) return;
  armed.passesLeft -= 1;
  if (armed.passesLeft === 0) process.kill(process.pid, 'SIGKILL');
}

/** An unknown point is an error: a test that waits for it would pass for the wrong reason. */
function arm(value: string): void {
  const [name = '', passes = '1'] = value.split(':');
  const known = [...FAIL_POINTS, ...ERASURE_FAIL_POINTS].find((point) => point === name);
  const point = known ?? (isActivity(name) ? name : undefined);
  if (point === undefined || !/^[1-9]\d{0,5}$/.test(passes)) {
    throw new Error('MAYFLY_FAIL_POINT names no point of lib/fail-point.ts');
  }
  armed = { point, passesLeft: Number(passes) };
}

function isActivity(name: string): name is `in ${string}` {
  return /^in [a-z]+$/i.test(name);
}

const given = process.env['MAYFLY_FAIL_POINT'] ?? '';
if (given === 'told') {
  process.on('message', (value) => {
    arm(String(value));
    process.send?.('armed');
  });
} else if (given !== '') {
  arm(given);
}
