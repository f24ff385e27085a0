import { MOST_CHARACTERS, readCertificate } from './read-certificate.js';
import { showCertificate } from './show-certificate.js';

const form = document.getElementById('check');
const [text, file, keys] = ['certificate', 'file', 'keys'].map((id) => document.getElementById(id));
const verdict = document.getElementById('verdict');
const parts = document.getElementById('parts');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void check();
});
file.addEventListener('change', () => void take(file.files[0]));
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  void take(event.dataTransfer.files[0]);
});
form.hidden = false;

// A link may carry the certificate behind its #, a part that a browser sends to nobody.
if (location.hash.startsWith('#ey')) {
  text.value = location.hash.slice(1);
  void check();
}

async function take(dropped) {
  if (!dropped) return;
  if (dropped.size > MOST_CHARACTERS)
    return say('bad', 'This file is too large for a certificate.');
  text.value = await dropped.text();
  await check();
}

async function check() {
  parts.hidden = true;
  parts.replaceChildren();
  if (text.value.trim() === '') return say('bad', 'Paste a certificate first, or choose its file.');
  say('', 'Checking …');
  const set = await keySet();
  if (set === null) return;
  const found = await readCertificate(text.value, set);
  if (!found.isValid) return say('bad', `Not valid. ${found.reason}`);
  parts.replaceChildren(...showCertificate(found.says, found.kid));
  parts.hidden = false;
  say('good', 'Valid. It was signed by the key that it names, and nothing was changed since.');
}

/** The keys that were given, else those that this site publishes; null when neither can be had, which is then said. */
async function keySet() {
  if (keys.value.trim() !== '') {
    try {
      return JSON.parse(keys.value);
    } catch {
      say('bad', 'Not checked. The keys that you gave are no JWKS document.');
      return null;
    }
  }
  try {
    const response = await fetch('/.well-known/jwks.json');
    if (response.ok) return await response.json();
  } catch {
    // A server that is gone, and one that refuses, are reported in the same words below.
  }
  say(
    'bad',
    'Not checked. The keys of this site could not be had: try again, or paste keys that you have.',
  );
  return null;
}

function say(tone, sentence) {
  verdict.className = tone === '' ? 'state' : `state state-${tone}`;
  verdict.textContent = sentence;
}
