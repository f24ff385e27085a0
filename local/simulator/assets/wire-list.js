const template = document.getElementById('wire-template');
const MOST = 200;

/** What went over the wire on one channel, the newest first. */
export function createWireList(list, empty) {
  const shown = new Map();

  function put(entry) {
    let element = shown.get(entry.id);
    if (!element) {
      element = template.content.firstElementChild.cloneNode(true);
      list.prepend(element);
      shown.set(entry.id, element);
    }
    fill(element, entry);
    const [oldest] = shown.keys();
    if (shown.size > MOST) {
      shown.get(oldest).remove();
      shown.delete(oldest);
    }
    empty.hidden = true;
  }
  return {
    put,
    replace(entries) {
      shown.clear();
      list.replaceChildren();
      empty.hidden = entries.length > 0;
      for (const entry of entries) put(entry);
    },
  };
}

function fill(element, { route, what, outcome, ms }) {
  element.dataset.route = route;
  element.dataset.result = outcome === null ? 'waiting' : outcome === 200 ? 'good' : 'bad';
  element.querySelector('.route').textContent = route;
  element.querySelector('.what').textContent = what;
  element.querySelector('.outcome').textContent =
    outcome === null
      ? '…'
      : route === 'webhook' && ms !== null
        ? `${outcome} · ${ms} ms`
        : `${outcome}`;
}
