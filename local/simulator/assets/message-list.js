const template = document.getElementById('message-template');
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

const STATES = { sending: 'Sending', sent: 'Sent', failed: 'Failed', delivered: 'Delivered' };
const READ = { instagram: 'Seen', whatsapp: 'Read' };

/**
 * The messages of the phone that is shown. Elements are changed in place, so that a reader of the live region hears
 * each message once and none of its ticks.
 */
export function createMessageList(chat, channel) {
  const container = chat.querySelector('.messages');
  const shown = new Map();

  function put(message) {
    let element = shown.get(message.id)?.element;
    if (!element) {
      element = template.content.firstElementChild.cloneNode(true);
      fill(element, message, channel);
      container.insertBefore(element, elementAfter(message));
    } else fill(element, message, channel);
    shown.set(message.id, { element, message });
    group(container);
  }

  /** Messages are shown by their own time, which is not always that of their arrival. */
  function elementAfter(message) {
    const later = [...shown.values()].filter((other) => isBefore(message, other.message));
    later.sort((a, b) => (isBefore(a.message, b.message) ? -1 : 1));
    return later[0]?.element ?? null;
  }

  const isAtEnd = () => chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;

  return {
    /**
     * Does something that leaves more or less room for the messages; a viewer who looked at the last one still does.
     */
    resize(change) {
      const wasAtEnd = isAtEnd();
      change();
      if (wasAtEnd) chat.scrollTop = chat.scrollHeight;
    },
    put(message) {
      const wasAtEnd = isAtEnd();
      const isNew = !shown.has(message.id);
      put(message);
      if (wasAtEnd || (isNew && message.from === 'person')) chat.scrollTop = chat.scrollHeight;
    },
    /** Shows exactly these; what is already there stays untouched. */
    replace(messages) {
      const kept = new Set(messages.map(({ id }) => id));
      for (const [id, { element }] of shown) {
        if (kept.has(id)) continue;
        element.remove();
        shown.delete(id);
      }
      for (const message of messages) put(message);
      chat.scrollTop = chat.scrollHeight;
    },
  };
}

function isBefore(a, b) {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

function fill(element, message, channel) {
  const find = (selector) => element.querySelector(selector);
  const { from, kind, text, state, isByHand, isEdited, isReactedTo } = message;
  Object.assign(element.dataset, { from, kind, state });
  element.dataset.reacted = String(isReactedTo);
  setText(find('.author'), find('.author').dataset[isByHand ? 'human' : from] ?? '');
  find('.picture').hidden = kind !== 'image';
  setWords(find('.words'), kind === 'unsent' ? 'You unsent this message' : text);
  find('.edited').hidden = !isEdited;
  const time = find('time');
  time.dateTime = message.at;
  setText(time, clock.format(new Date(message.at)));
  find('.reaction').hidden = !isReactedTo;
  setText(find('.state-words'), from === 'person' ? (STATES[state] ?? READ[channel]) : '');
  setText(find('.caption'), captionOf(message));
}

/** A web address, without what ends the sentence around it. */
const ADDRESS = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}*_]/g;

/** The words, with web addresses as links; only a scheme of the web becomes one. */
function setWords(element, text) {
  if (element.textContent === text) return;
  const nodes = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    nodes.push(text.slice(end, index), linkTo(address));
    end = index + address.length;
  }
  element.replaceChildren(...nodes, text.slice(end));
}

function linkTo(address) {
  const link = document.createElement('a');
  Object.assign(link, { href: address, target: '_blank', rel: 'noopener noreferrer' });
  link.textContent = address;
  return link;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** How the business's server acknowledged what the person wrote; or that a human wrote. */
function captionOf({ from, state, isByHand, acknowledgement }) {
  if (isByHand) return 'written by a human';
  if (from !== 'person' || acknowledgement === null) return '';
  const { status, ms } = acknowledgement;
  const answer = status === null ? 'no answer' : `webhook ${status}`;
  return state === 'failed' ? `${answer}, given up` : `${answer} · ${ms} ms`;
}

/** Marks where the speaker changes, which is where the bubbles get their tails. */
function group(container) {
  let previous = null;
  for (const element of container.children) {
    const isFirst = previous?.dataset.from !== element.dataset.from;
    element.classList.toggle('first', isFirst);
    previous?.classList.toggle('last', isFirst);
    previous = element;
  }
  previous?.classList.add('last');
}
