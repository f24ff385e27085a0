import { createBehindPanel } from './behind.js';
import { createComposer } from './composer.js';
import { createMessageList } from './message-list.js';
import { listenToPanel, onButton, toldOf } from './panel.js';
import { post } from './request.js';
import { createWireList } from './wire-list.js';

const MOST_EXCHANGES = 200;

/** One phone and the panel beside it. It shows the phone of one person at a time and remembers the others. */
export class Station {
  #section;
  #onUnseen;
  #list;
  #wire;
  #behind;
  #composer;
  #exchanges = new Map();
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

  /** What went over the wire for one phone, or for nobody's. */
  wire(entry) {
    this.#exchanges.set(entry.id, entry);
    const [oldest] = this.#exchanges.keys();
    if (this.#exchanges.size > MOST_EXCHANGES) this.#exchanges.delete(oldest);
    if (this.#isShownOf(entry)) this.#wire.put(entry);
  }

  /** What happens behind a phone. Those of other stations' phones are left alone. */
  behind(id, view) {
    const phone = this.#phones.get(id);
    if (!phone) return;
    const isFirst = phone.behind === null;
    phone.behind = view;
    if (id === this.#shownId) this.#behind.show(view, { isSilent: isFirst });
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
    for (const [id, phone] of this.#phones) {
      phone.messages.clear();
      phone.behind = behind.find((one) => one.phone === id)?.behind ?? null;
    }
    for (const { phone, message } of messages) {
      this.#phones.get(phone)?.messages.set(message.id, message);
    }
    this.#showMessages();
    this.#exchanges = new Map(
      wire.filter(({ channel }) => channel === this.channel).map((entry) => [entry.id, entry]),
    );
    this.#showWire();
    this.setFault(faults[this.channel]);
  }

  #find(selector) {
    return this.#section.querySelector(selector);
  }

  #listen() {
    const people = this.#find('.people');
    people.addEventListener('change', () => this.#show(people.value));
    onButton(this.#find('.suggestions'), ({ suggestion }) => {
      this.#composer.focus();
      void this.#act('send', { text: suggestion });
    });
    listenToPanel(this.#find('.panel'), {
      act: (action, more) => this.#act(action, more),
      edit: () => this.#startEditing(),
      takeText: () => this.#composer.takeText(),
      makePerson: () => this.#makePerson(),
      armFault: async (fault) => {
        const answer = await post('fault', { channel: this.channel, fault });
        this.#tell('', answer.ok ? '' : answer.why);
      },
    });
  }

  async #act(action, more) {
    const answer = await post(action, { phone: this.#shownId, ...more });
    if (!answer.ok) this.#tell('', answer.why);
    // A message that was just written shows by itself how it was acknowledged.
    else if (action === 'send') this.#tell('');
    else this.#tell(toldOf(action, answer.body));
    return answer.ok;
  }

  async #makePerson() {
    const answer = await post('person', { channel: this.channel });
    if (!answer.ok) return this.#tell('', answer.why);
    const id = answer.body.phone;
    if (this.#phones.has(id)) this.#show(id);
    else this.#wantedId = id;
  }

  #startEditing() {
    const messages = [...this.#phones.get(this.#shownId).messages.values()];
    const last = messages.findLast(({ from, kind }) => from === 'person' && kind === 'text');
    if (last) this.#composer.startEditing(last.text);
    else this.#tell('', 'There is no text yet to edit.');
  }

  /** How a deed ended. Only what went wrong is read out: what went well is a message, which is. */
  #tell(result, problem = '') {
    this.#find('.result').textContent = result;
    this.#find('.problem').textContent = problem;
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
    this.#tell('');
    this.#showMessages();
    this.#showWire();
  }

  #showMessages() {
    const phone = this.#phones.get(this.#shownId);
    phone.hasUnseen = false;
    label(phone);
    this.#list.replace([...phone.messages.values()]);
    this.#behind.show(phone.behind, { isSilent: true });
    this.#showState();
  }

  #isShownOf({ phone }) {
    return phone === null || phone === this.#shownId;
  }

  #showWire() {
    this.#wire.replace([...this.#exchanges.values()].filter((entry) => this.#isShownOf(entry)));
  }

  #showState() {
    const { view, messages } = this.#phones.get(this.#shownId);
    this.#list.resize(() => {
      this.#find('.suggestions').hidden = messages.size > 0;
      this.#find('.phone').dataset.typing = String(view.isTyping);
    });
    this.#find('.subtitle').textContent = view.isTyping ? 'typing…' : 'Business chat';
  }
}

function label({ option, view, hasUnseen }) {
  option.textContent = `${view.name}, ${view.address}${hasUnseen ? ' (new)' : ''}`;
}
