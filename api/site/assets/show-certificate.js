const CHANNELS = { instagram: 'Instagram', whatsapp: 'WhatsApp' };

/**
 * What a certificate says, part by part, in plain words.
 * @returns {HTMLElement[]}
 */
export function showCertificate(says, kid) {
  const {
    issuer,
    request,
    accounts = [],
    erased,
    keys_destroyed: keys,
    rescan,
    expiring_elsewhere: expiring,
    kept_elsewhere: kept = [],
    ledger,
  } = says;
  const total = erased.reduce((sum, { count }) => sum + count, 0);
  return [
    ...part(
      'Who says so',
      'The signature proves that it was they, and that not a letter was changed since.',
      [
        ['Signed by', `${issuer.company}, ${issuer.url}`],
        ['Signed on', time(says.issued_at)],
        ['With key', code(kid)],
        ['Certificate', code(says.certificate_id)],
      ],
    ),
    ...part(
      'Which request',
      'The number is a random one. Who made the request is not written anywhere in here.',
      [
        ['Request', code(request.id)],
        ['Asked for', request.right],
        ['Received', time(request.received_at)],
        ['Due', time(request.due_at)],
      ],
    ),
    ...(accounts.length === 0
      ? []
      : part(
          'Which accounts',
          'Those that the request names, each by itself. What they are called is not written anywhere in here.',
          accounts.map(({ channel, state }) => [CHANNELS[channel] ?? channel, state]),
        )),
    ...part(
      'What was deleted',
      `${total} records in all, counted for each place where something was kept.`,
      erased.map(({ store, count }) => [store, String(count)]),
    ),
    ...part(
      'The keys that were destroyed',
      'Everything was kept encrypted. With these keys gone, copies in old backups cannot be read any more, by anyone.',
      [
        ['Destroyed on', time(keys.at)],
        ['Keys replaced', String(keys.buckets)],
      ],
    ),
    ...part(
      'The search afterwards',
      'Every place was searched once more, by another way than the deletion took.',
      [
        ['Searched on', time(rescan.at)],
        ['Places searched', String(rescan.found.length)],
        ['Found', 'nothing'],
      ],
    ),
    ...(expiring.length === 0
      ? part('What still expires elsewhere', 'Nothing.', [])
      : part(
          'What still expires elsewhere',
          'These copies cannot be deleted by hand. Each goes by itself, at the latest on the day given.',
          expiring.map(({ where, until }) => [where, time(until)]),
        )),
    ...(kept.length === 0
      ? []
      : part(
          'What others may keep',
          'They did not tell us a day by which it is gone.',
          kept.map(({ where }) => [where, 'no day known']),
        )),
    ...part(
      'Its place in the ledger',
      'The deletion is an entry in a chained record that cannot be changed unseen. An auditor can look it up.',
      [
        ['Entry', String(ledger.position)],
        ['Hash', code(ledger.hash)],
      ],
    ),
    element('h2', {}, 'What it does not cover'),
    element('ul', {}, ...says.limits.map((sentence) => element('li', {}, sentence))),
  ];
}

/** A heading, a sentence and a list of facts. */
function part(title, sentence, facts) {
  const list = facts.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, value),
  ]);
  return [
    element('h2', {}, title),
    element('p', {}, sentence),
    ...(list.length > 0 ? [element('dl', {}, ...list)] : []),
  ];
}

function time(at) {
  const text = new Date(at).toISOString();
  return element('time', { datetime: at }, `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`);
}

function code(text) {
  return element('code', {}, text);
}

/** Text goes in as text: nothing that a certificate says becomes markup. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
