const partTemplate = document.getElementById('part-template');
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

const TONES = {
  ahead: 'not yet',
  now: 'now',
  held: 'held back',
  good: 'done',
  doubt: 'in doubt',
  bad: 'failed',
  off: 'not needed',
};

/**
 * A turn passes its first steps within moments: what is read out is what lasts, and what no message says. A message and
 * its answer are read out by themselves.
 */
const READ_OUT_AFTER_MS = 1_500;

/** The strip of a turn, the facts about its person and their outbox. Null where the page has none. */
export function createBehindPanel(section) {
  const steps = [...section.querySelectorAll('.steps li')];
  if (steps.length === 0) return { show: () => undefined };
  const said = section.querySelector('.said');
  const more = section.querySelector('.more');
  const aloud = section.querySelector('.said-aloud');
  const facts = section.querySelector('.facts');
  const rows = section.querySelector('tbody');
  const empty = section.querySelector('.outbox-empty');
  let shown = null;
  let readOut;

  setInterval(() => {
    if (shown) steps.forEach((element, index) => fillDetail(element, shown.steps[index]));
  }, 500);

  return {
    /** Shows what is behind a phone; `isSilent` when the viewer has only turned to another phone, which is no news. */
    show(view, { isSilent }) {
      shown = view;
      section.dataset.known = String(view !== null);
      if (view === null) return;
      steps.forEach((element, index) => fillStep(element, view.steps[index]));
      setText(said, view.said);
      showLinks(more, view.links);
      clearTimeout(readOut);
      readOut = setTimeout(
        () => setText(aloud, isSilent || !isOutOfTheOrdinary(view) ? '' : view.said),
        READ_OUT_AFTER_MS,
      );
      facts.replaceChildren(...view.facts.flatMap(factElements));
      rows.replaceChildren(...view.parts.map(rowElement));
      empty.hidden = view.parts.length > 0;
    },
  };
}

/** Something is in doubt or has failed. */
function isOutOfTheOrdinary({ steps }) {
  return steps.some(({ tone }) => tone === 'doubt' || tone === 'bad');
}

function showLinks(element, links) {
  const known = [...element.querySelectorAll('a')].map((link) => link.getAttribute('href'));
  if (known.join(' ') === links.map(({ href }) => href).join(' ')) return;
  element.replaceChildren(
    ...links.map(({ href, words }) => {
      const link = document.createElement('a');
      Object.assign(link, { href, target: '_blank', rel: 'noopener', textContent: words });
      return link;
    }),
  );
}

function fillStep(element, step) {
  element.dataset.tone = step.tone;
  if (step.tone === 'now') element.setAttribute('aria-current', 'step');
  else element.removeAttribute('aria-current');
  setText(element.querySelector('.step-name'), step.name);
  setText(element.querySelector('.step-tone'), `: ${TONES[step.tone]}`);
  fillDetail(element, step);
}

/** A state that lasts tells for how long. */
function fillDetail(element, { detail, since, tone }) {
  const lasts = since !== null && (tone === 'now' || tone === 'doubt');
  const seconds = lasts ? Math.floor((Date.now() - Date.parse(since)) / 1_000) : 0;
  setText(element.querySelector('.step-detail'), seconds >= 1 ? `${detail}, ${seconds} s` : detail);
}

function factElements({ name, words, until, tone }) {
  const term = document.createElement('dt');
  term.textContent = name;
  const value = document.createElement('dd');
  value.dataset.tone = tone;
  value.textContent = until === null ? words : `${words} ${clock.format(new Date(until))}`;
  return [term, value];
}

function rowElement({ reply, part, state, why, tone, attempts, copies }) {
  const row = partTemplate.content.firstElementChild.cloneNode(true);
  row.dataset.tone = tone;
  const [replyCell, partCell, , attemptCell, copiesCell] = row.children;
  replyCell.textContent = reply;
  partCell.textContent = part;
  row.querySelector('.part-state').textContent = state;
  row.querySelector('.part-why').textContent = why;
  attemptCell.textContent = attempts;
  copiesCell.textContent = copies;
  return row;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
