import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';

/** The page that checks a certificate in the reader's own browser; without JavaScript it says how to do it elsewhere. */
export function certificatePage(site: Site, publicUrl: string): Html {
  const main = html`
    <p>
      When ${site.companyName} has deleted what it held about someone, it signs a certificate of
      what was deleted and how that was checked. Here you can see whether a certificate is genuine,
      and what it says. It is checked by your own browser and is sent nowhere.
    </p>
    <noscript>
      <p class="panel">
        This page needs JavaScript to check a certificate for you. Below is how to do it without.
      </p>
    </noscript>
    ${form()}
    <p class="state" id="verdict" role="status"></p>
    <section id="parts" aria-label="What the certificate says" hidden></section>
    ${offline(publicUrl)}
  `;
  const scripts = ['/assets/certificate.js'];
  return sitePage(site, { title: 'Check a certificate', main, scripts });
}

/** Shown by the script alone: without one it would do nothing. */
function form(): Html {
  return html`
    <form id="check" hidden>
      <label for="certificate">The certificate</label>
      <p class="hint" id="certificate-hint">
        Paste its text, or drop its file here. It begins with "ey".
      </p>
      <textarea
        id="certificate"
        rows="6"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-describedby="certificate-hint"
      ></textarea>
      <label for="file">Or choose its file</label>
      <input id="file" type="file" />
      <details>
        <summary>Check it with keys that I have myself</summary>
        <label for="keys">Public keys (a JWKS document)</label>
        <p class="hint" id="keys-hint">
          Without any, the keys that this site publishes are used. Keys that you kept from an
          earlier day, or had from somebody you trust, make the check independent of this site.
        </p>
        <textarea
          id="keys"
          rows="4"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="keys-hint"
        ></textarea>
      </details>
      <button type="submit">Check</button>
    </form>
  `;
}

function offline(publicUrl: string): Html {
  const keys = `${publicUrl}/.well-known/jwks.json`;
  return html`
    <h2>Without this page</h2>
    <p>
      A certificate is a compact JWS (RFC 7515), signed with EdDSA by an Ed25519 key. The public
      keys, also those that no longer sign, are at <a href="/.well-known/jwks.json">${keys}</a>. Any
      program that knows this format can check it, today or in ten years, without asking us:
    </p>
    <ol class="steps">
      <li>Keep the certificate as a file, and a copy of the keys beside it.</li>
      <li>
        With this software at hand, run
        <pre>npm run certificate:verify -- certificate.jws --jwks jwks.json</pre>
      </li>
      <li>
        With another program: the three parts of a certificate are separated by dots. The first
        names the key (<code>kid</code>), the second is what it says, the third is the signature
        over the two before it. All three are in base64url. The type in the first must be
        <code>mayfly-certificate+jwt</code> and the algorithm <code>EdDSA</code>.
      </li>
    </ol>
  `;
}
