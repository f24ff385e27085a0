import { createBehindPanel } from './behind.js';
import { createComposer } from './composer.js';
import { createMessageList } from './message-list.js';
import { post, webhooksIn } from './request.js';
import { createWireList } from './wire-list.js';

/** One phone and the panel beside it. It shows the phone of one person at a time and remembers the others. */
export class Station {
  #section;
  #onUnseen;
  #list;
  #wire;
  #behind;
  #composer;
  #phones = new Map();
  #shownId = null;
  /** The person who was just made, until the server has told of their phone. */
  #wantedId = null;

  constructor(section, { onUnseen }) {
    this.#section = section;
    this.#onUnseen = onUnseen;
    this.#list = createMessageList(this.#find('.chat'), this.channel);
    this.#wire = createWireList(this.#find('.wire-list'), this.#find('.wire-empty'));
    this.#behind = createBehindPanel(section.querySelector('.behind'));
    this.#composer = createComposer(this.#find('.composer'), {
      send: (text) => this.#act('send', { text }),
      edit: (text) => this.#act('edit', { text }),
    });
    this.#listen();
  }

  get channel() {
    return this.#section.dataset.channel;
  }

  /** A phone that is new, or whose business began or ceased to type. */
  phone(view) {
    const phone = this.#phones.get(view.id) ?? this.#add(view.id);
    phone.view = view;
    label(phone);
    if (this.#shownId === null || this.#wantedId === view.id) this.#show(view.id);
    else if (this.#shownId === view.id) this.#showState();
  }

  phoneGone(id) {
    this.#phones.get(id)?.option.remove();
    this.#phones.delete(id);
    if (this.#shownId !== id) return;
    this.#shownId = null;
    const [next] = this.#phones.keys();
    if (next !== undefined) this.#show(next);
  }

  /** A message that is new or changed. Those of other stations' phones are left alone. */
  message(id, message) {
    const phone = this.#phones.get(id);
    if (!phone) return;
    const isReply = message.from === 'business' && !phone.messages.has(message.id);
    phone.messages.set(message.id, message);
    if (id === this.#shownId) {
      this.#list.put(message);
      this.#showState();
    } else if (isReply) {
      phone.hasUnseen = true;
      label(phone);
    }
    if (isReply) this.#onUnseen(this.channel);
  }

  wire(entry) {
    this.#wire.put(entry);
  }

  /** What happens behind a phone. Those of other stations' phones are left alone. */
  behind(id, view) {
    const phone = this.#phones.get(id);
    if (!phone) return;
    phone.behind = view;
    if (id === this.#shownId) this.#behind.show(view, { isSilent: false });
  }

  setFault(fault) {
    this.#find('.fault').value = fault;
    this.#find('.next-reply').dataset.armed = String(fault !== 'none');
  }

  /** Takes the place of everything, after the connection was made or made again. */
  snapshot({ phones, messages, wire, faults, behind }) {
    const views = phones.filter(({ channel }) => channel === this.channel);
    const ids = new Set(views.map(({ id }) => id));
    for (const view of views) this.phone(view);
    for (const id of this.#phones.keys()) if (!ids.has(id)) this.phoneGone(id);
    for (const phone of this.#phones.values()) {
      phone.messages.clear();
      phone.behind = null;
    }
    for (const one of behind) {
      const phone = this.#phones.get(one.phone);
      if (phone) phone.behind = one.behind;
    }
    for (const { phone, message } of messages) {
      this.#phones.get(phone)?.messages.set(message.id, message);
    }
    this.#showMessages();
    this.#wire.replace(wire.filter(({ channel }) => channel === this.channel));
    this.setFault(faults[this.channel]);
  }

  #find(selector) {
    return this.#section.querySelector(selector);
  }

  #listen() {
    const people = this.#find('.people');
    people.addEventListener('change', () => this.#show(people.value));
    this.#find('.new-person').addEventListener('click', () => this.#makePerson());
    onButton(this.#find('.suggestions'), ({ suggestion }) => {
      this.#composer.focus();
      void this.#act('send', { text: suggestion });
    });
    onButton(this.#find('.deeds'), ({ action }) => {
      if (action === 'edit') this.#startEditing();
      else void this.#act(action, action === 'send-twice' ? this.#composer.takeText() : {});
    });
    onButton(this.#find('.commands'), ({ say }) => void this.#act('send', { text: say }));
    this.#find('.fault').addEventListener('change', async ({ target }) => {
      const answer = await post('fault', { channel: this.channel, fault: target.value });
      this.#tell(answer.ok ? '' : answer.why);
    });
    this.#find('.by-hand').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#answerByHand(event.target.elements.text);
    });
  }

  async #answerByHand(field) {
    const text = field.value.trim();
    if (text === '') return field.focus();
    field.value = '';
    const isDone = await this.#act('answer-as-human', { text });
    if (!isDone && field.value === '') field.value = text;
  }

  async #act(action, more) {
    const answer = await post(action, { phone: this.#shownId, ...more });
    if (!answer.ok) this.#tell(answer.why);
    // What was just written tells by itself how it was acknowledged.
    else if (action === 'send') this.#tell('');
    else this.#tell(`${TOLD[action] ?? ''} ${webhooksIn(answer.body)}`.trim());
    return answer.ok;
  }

  async #makePerson() {
    const answer = await post('person', { channel: this.channel });
    if (!answer.ok) return this.#tell(answer.why);
    const id = answer.body.phone;
    if (this.#phones.has(id)) this.#show(id);
    else this.#wantedId = id;
  }

  #startEditing() {
    const messages = [...this.#phones.get(this.#shownId).messages.values()];
    const last = messages.findLast(({ from, kind }) => from === 'person' && kind === 'text');
    if (last) this.#composer.startEditing(last.text);
    else this.#tell('There is no text yet to edit.');
  }

  #tell(result) {
    this.#find('.result').textContent = result;
  }

  #add(id) {
    const option = new Option('', id);
    const phone = { option, messages: new Map(), behind: null, hasUnseen: false };
    this.#find('.people').append(phone.option);
    this.#phones.set(id, phone);
    return phone;
  }

  #show(id) {
    this.#shownId = id;
    this.#wantedId = null;
    this.#find('.people').value = id;
    this.#composer.stopEditing();
    this.#showMessages();
  }

  #showMessages() {
    const phone = this.#phones.get(this.#shownId);
    phone.hasUnseen = false;
    label(phone);
    this.#list.replace([...phone.messages.values()]);
    this.#behind.show(phone.behind, { isSilent: true });
    this.#showState();
  }

  #showState() {
    const { view, messages } = this.#phones.get(this.#shownId);
    const business = this.#find('.business').textContent;
    this.#find('.suggestions').hidden = messages.size > 0;
    this.#find('.phone').dataset.typing = String(view.isTyping);
    this.#find('.subtitle').textContent = view.isTyping ? 'typing…' : 'Business chat';
    this.#find('.typing-words').textContent = view.isTyping ? `${business} is typing` : '';
  }
}

/** What happens after a deed that does not show it by itself. */
const TOLD = {
  'answer-as-human': 'A human answered, so the assistant rests for two hours, or until START.',
  'pass-time':
    'The 24 hours in which Meta lets a business write are over: a late reply would not be sent, and the address goes ' +
    'within seconds. The next message begins a new session, in which the model knows nothing of this one.',
};

function label({ option, view, hasUnseen }) {
  option.textContent = `${view.name}, ${view.address}${hasUnseen ? ' (new)' : ''}`;
}

function onButton(group, handle) {
  group.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button) handle(button.dataset);
  });
}
