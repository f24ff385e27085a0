import { terminalLine, withoutRepeats } from '../../local/terminal-line.ts';

describe("a child's log line in the terminal", () => {
  it.each([
    ['{"level":"warn","msg":"the sweep is late"}', 'worker: warning: the sweep is late'],
    [
      '{"level":"error","msg":"the sweep failed","errorName":"Error","errorCode":"ECONNREFUSED","errorAt":"at x"}',
      'worker: error: the sweep failed (Error, ECONNREFUSED)',
    ],
    ['{"level":"fatal","msg":"over"}', 'worker: error: over'],
  ])('%s reads as a sentence', (line, told) => {
    expect(terminalLine('worker', line)).toBe(told);
  });

  it.each([
    '{"level":"info","msg":"the worker runs"}',
    '{"level":"warn"}',
    '{"level":"warn","msg":',
    'Warning: something',
    '',
    'null',
  ])('%j is left to the log', (line) => {
    expect(terminalLine('worker', line)).toBeNull();
  });

  it('is said once a minute, however often it comes', () => {
    let now = 0;
    const said: string[] = [];
    const report = withoutRepeats(
      (line) => void said.push(line),
      () => now,
    );
    for (now = 0; now < 59_000; now += 1_000) report('again');
    report('another');
    now = 60_000;
    report('again');
    expect(said).toEqual(['again', 'another', 'again']);
  });
});
