import { withoutThinking } from '../../domain/thinking.ts';

test.each([
  ['<think>They want bread.</think>We have rye.', 'We have rye.'],
  ['<thinking>\nlong\n\n</thinking>\nWe have rye.', '\nWe have rye.'],
  ['<THINK lang="en">a</THINK>b', 'b'],
  ['<think>never closed, and so all of it', ''],
  ['never opened</think>We have rye.', 'We have rye.'],
  ['<think>a<think>b</think>c</think>d', 'd'],
  ['<reasoning>a</reasoning>b<reflection>c</reflection>d', 'bd'],
  ['[THINK]a[/THINK]b', 'b'],
  ['◁think▷a◁/think▷b', 'b'],
  ['<thi<think>x</think>nk>hidden', ''],
  [
    '<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>',
    'b',
  ],
  [
    'I think that 3 < 4 and [thinking](https://example.com) helps',
    'I think that 3 < 4 and [thinking](https://example.com) helps',
  ],
])('of %j only %j is said', (written, said) => {
  expect(withoutThinking(written)).toBe(said);
});
