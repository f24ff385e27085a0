/** What is beside a phone. `act` posts an action for the phone that is shown and resolves with whether it was done. */
export function listenToPanel(panel, { act, edit, takeText, makePerson, armFault }) {
  const find = (selector) => panel.querySelector(selector);
  find('.new-person').addEventListener('click', makePerson);
  onButton(find('.deeds'), ({ action }) => {
    if (action === 'edit') edit();
    else void act(action, action === 'send-twice' ? takeText() : {});
  });
  onButton(find('.commands'), ({ say }) => void act('send', { text: say }));
  find('.fault').addEventListener('change', ({ target }) => armFault(target.value));
  find('.by-hand').addEventListener('submit', async (event) => {
    event.preventDefault();
    const field = event.target.elements.text;
    const text = field.value.trim();
    if (text === '') return field.focus();
    field.value = '';
    const isDone = await act('answer-as-human', { text });
    // What could not be sent is given back, unless something else was begun.
    if (!isDone && field.value === '') field.value = text;
  });
}

export function onButton(group, handle) {
  group.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button) handle(button.dataset);
  });
}

/** What follows a deed whose outcome does not show by itself. */
const TOLD = {
  'answer-as-human': 'A human answered, so the assistant rests for two hours, or until START.',
  'pass-time':
    'Meta lets a business write for 24 hours: a late reply is not sent now, and the address is dropped within ' +
    'seconds. The next message begins a new session, which knows nothing of this one.',
};

/** The outcome of a deed in words: what follows, and what the business's server answered to the webhooks. */
export function toldOf(action, { acknowledgements }) {
  const answers = acknowledgements.map(({ status, ms }) =>
    status === null ? 'no answer' : `${status} in ${ms} ms`,
  );
  const webhooks = answers.length === 0 ? [] : [`Webhook: ${answers.join(', ')}`];
  return [...(TOLD[action] ? [TOLD[action]] : []), ...webhooks].join(' ');
}
