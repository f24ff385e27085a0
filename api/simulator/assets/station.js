import { createComposer } from './composer.js';
import { createMessageList } from './message-list.js';
import { inWords, post } from './request.js';
import { createWireList } from './wire-list.js';

/** One phone and the panel beside it. It shows the phone of one person at a time and remembers the others. */
export function createStation(section, { onUnseen }) {
  const find = (selector) => section.querySelector(selector);
  const { channel } = section.dataset;
  const business = find('.business').textContent;
  const phones = new Map();
  let shownId = null;
  /** The person who was just made, until the server has told of their phone. */
  let wantedId = null;

  const list = createMessageList(find('.chat'), channel);
  const wire = createWireList(find('.wire-list'), find('.wire-empty'));
  const people = find('.people');
  const result = find('.result');
  const composer = createComposer(find('.composer'), {
    send: (text) => act('send', { text }),
    edit: (text) => act('edit', { text }),
  });

  async function act(action, more = {}) {
    const answer = await post(action, { phone: shownId, ...more });
    if (!answer.ok) result.textContent = answer.why;
    else
      result.textContent =
        action === 'send' ? '' : `Webhook: ${inWords(answer.body.acknowledgements)}`;
    return answer.ok;
  }

  function show(id) {
    shownId = id;
    people.value = id;
    const phone = phones.get(id);
    phone.hasUnseen = false;
    labelOption(phone);
    composer.stopEditing();
    list.replace([...phone.messages.values()]);
    showState();
  }

  function showState() {
    const { view, messages } = phones.get(shownId);
    find('.suggestions').hidden = messages.size > 0;
    find('.phone').dataset.typing = String(view.isTyping);
    find('.subtitle').textContent = view.isTyping ? 'typing…' : 'Business chat';
    find('.typing-words').textContent = view.isTyping ? `${business} is typing` : '';
  }

  function labelOption({ option, view, hasUnseen }) {
    option.textContent = `${view.name}, ${view.address}${hasUnseen ? ' (new)' : ''}`;
  }

  function lastText() {
    const own = [...phones.get(shownId).messages.values()].filter((one) => one.from === 'person');
    return own.findLast(({ kind }) => kind === 'text')?.text ?? null;
  }

  people.addEventListener('change', () => show(people.value));
  find('.new-person').addEventListener('click', async () => {
    const answer = await post('person', { channel });
    if (!answer.ok) result.textContent = answer.why;
    else if (phones.has(answer.body.phone)) show(answer.body.phone);
    else wantedId = answer.body.phone;
  });
  find('.suggestions').addEventListener('click', ({ target }) => {
    const text = target.closest('button')?.dataset.suggestion;
    if (text === undefined) return;
    composer.focus();
    void act('send', { text });
  });
  find('.faults').addEventListener('click', ({ target }) => {
    const action = target.closest('button')?.dataset.action;
    if (action === undefined) return;
    if (action === 'edit') startEditing();
    else if (action === 'send-twice') void act(action, composer.takeText());
    else void act(action);
  });
  find('.next-reply').addEventListener('change', async ({ target }) => {
    const answer = await post('fault', { channel, fault: target.value });
    if (!answer.ok) result.textContent = answer.why;
  });

  function startEditing() {
    const text = lastText();
    if (text === null) result.textContent = 'There is no text yet to edit.';
    else composer.startEditing(text);
  }

  function setFault(fault) {
    find(`.next-reply input[value="${fault}"]`).checked = true;
    find('.next-reply').dataset.armed = String(fault !== 'none');
  }

  return {
    channel,
    phone(view) {
      const known = phones.get(view.id);
      const phone = known ?? {
        option: new Option('', view.id),
        messages: new Map(),
        hasUnseen: false,
      };
      phone.view = view;
      if (!known) people.append(phone.option);
      phones.set(view.id, phone);
      labelOption(phone);
      if (shownId === null || wantedId === view.id) {
        wantedId = null;
        show(view.id);
      } else if (shownId === view.id) showState();
    },
    phoneGone(id) {
      phones.get(id)?.option.remove();
      phones.delete(id);
      if (shownId !== id) return;
      shownId = null;
      const [next] = phones.keys();
      if (next !== undefined) show(next);
    },
    /** Whether this station has the phone. */
    message(id, message) {
      const phone = phones.get(id);
      if (!phone) return false;
      const isNew = !phone.messages.has(message.id);
      phone.messages.set(message.id, message);
      if (id === shownId) {
        list.put(message);
        showState();
      } else if (isNew && message.from === 'business') {
        phone.hasUnseen = true;
        labelOption(phone);
      }
      if (isNew && message.from === 'business') onUnseen(channel);
      return true;
    },
    wire: wire.put,
    setFault,
    /** Takes the place of everything, after the connection was made or made again. */
    snapshot({ phones: views, messages, wire: entries, faults }) {
      const mine = views.filter((view) => view.channel === channel);
      const ids = new Set(mine.map(({ id }) => id));
      for (const id of phones.keys()) if (!ids.has(id)) this.phoneGone(id);
      for (const view of mine) this.phone(view);
      for (const phone of phones.values()) phone.messages.clear();
      for (const { phone, message } of messages)
        phones.get(phone)?.messages.set(message.id, message);
      show(shownId);
      wire.replace(entries.filter((entry) => entry.channel === channel));
      setFault(faults[channel]);
    },
  };
}
