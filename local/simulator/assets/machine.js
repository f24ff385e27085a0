import { post } from './request.js';

const WORKER = { running: 'running', starting: 'starting again', gone: 'gone' };

/** The worker and the stand-in model, which both phones share; either may be missing from the page. */
export function createMachine(element) {
  const worker = element?.querySelector('.worker');
  const kill = element?.querySelector('.kill');
  const modes = [...(element?.querySelectorAll('input[name="model"]') ?? [])];
  const tell = (words) => (document.querySelector('.machine-said').textContent = words);
  let shownMode = null;

  kill?.addEventListener('click', async () => {
    const answer = await post('kill-worker', {});
    tell(answer.ok ? 'Killed. It is started again; what was under way goes on.' : answer.why);
  });
  for (const input of modes) {
    input.addEventListener('change', async () => {
      const answer = await post('model', { mode: input.value });
      tell(answer.ok ? MODE_WORDS[input.value] : answer.why);
      if (!answer.ok) showMode(shownMode);
    });
  }

  function showMode(mode) {
    shownMode = mode;
    for (const input of modes) {
      input.checked = input.value === mode;
      input.disabled = mode === null;
    }
  }
  return {
    worker(view) {
      if (!worker || view === null) return;
      worker.dataset.state = view.state;
      worker.querySelector('.worker-state').textContent = WORKER[view.state];
      if (view.state === 'running' && view.awayMs !== null) {
        tell(`The worker is back after ${(view.awayMs / 1_000).toFixed(1)} s.`);
      }
    },
    model: showMode,
  };
}

const MODE_WORDS = {
  'as usual': 'The model answers at once.',
  slow: 'The model takes 8 seconds.',
  down: 'The model fails: after a minute of tries an honest text goes out, and a human takes over.',
};
