import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { MailWay } from '../../lib/mail/open-mailer.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';
import type { FieldError } from './request-form.ts';

/** A form that was not understood comes back with what was entered and what is wrong with it. */
export interface Entered {
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
}

const NOTHING_ENTERED: Entered = { values: {}, errors: [] };

/** Policy D1 to D7: how to have everything deleted, with the form and the letter to copy. */
export function deletionPage(site: Site, mail: MailWay, entered: Entered = NOTHING_ENTERED): Html {
  const { companyName, contactEmail } = site;
  const main = html`
    ${summary(entered)}
    <p>
      You can have everything deleted that ${companyName} holds about you from Instagram Direct and
      WhatsApp: your messages, our answers, how to reach you, and everything linked to them. It is
      deleted for good, and you get an answer within 72 hours. There are three ways; one is enough.
    </p>
    <h2>In the chat</h2>
    <p>
      Write <strong>delete my data</strong> to us on Instagram or WhatsApp, and send back the phrase
      that you get.
    </p>
    <h2>With this form</h2>
    <p>
      You will get a phrase to send from each account that you name. That is how we know that it is
      yours; we ask for no document. Nothing is deleted before that.
    </p>
    ${form(entered, mail)}
    <h2>By mail</h2>
    <p>
      Send this letter to
      <a href="mailto:${contactEmail}?subject=Data%20Deletion%20Request">${contactEmail}</a>:
    </p>
    <pre class="panel">
Subject: Data Deletion Request

Please delete all data that ${companyName} holds about me.
Instagram handle: @
WhatsApp number with country code: +
</pre>
    <h2>What this does not cover</h2>
    <p>
      What Meta keeps of the same conversation is not ours to delete. In Instagram, see "Your
      activity" and "Download or transfer your information"; in WhatsApp, delete the chat in the
      app. The AI provider that writes our answers keeps a log of its own for a while, and so does
      the service of Meta by which we use WhatsApp with its messages; the page of your request says
      until when.
    </p>
    <h2>No answer after 72 hours?</h2>
    <p>
      Ask again, or write to <a href="mailto:${contactEmail}">${contactEmail}</a>. Asking again does
      no harm: what is being deleted is not deleted twice.
    </p>
  `;
  return sitePage(site, { title: 'Delete my data', main });
}

function summary({ errors }: Entered): Html | null {
  if (errors.length === 0) return null;
  return html`
    <div class="panel panel-bad" role="alert">
      <p><strong>Nothing was sent yet.</strong> Please correct this first:</p>
      <ul>
        ${errors.map(({ field, detail }) => html`<li><a href="#${field}">${NAMES[field] ?? field}</a>: ${detail}</li>`)}
      </ul>
    </div>
  `;
}

const NAMES: Readonly<Record<string, string>> = {
  instagram: 'Instagram handle',
  whatsapp: 'WhatsApp number',
  reply_to: 'Mail address for the answer',
  description: 'Anything you want to add',
};

const MAIL_HINTS: Readonly<Record<Exclude<MailWay, 'none'>, string>> = {
  'mail server':
    'Not needed. You get a mail now and one with the answer; then we forget the address. Of several requests in one day, the first three are answered by mail.',
  outbox:
    'Not needed. No mail leaves this machine: what would be sent lies in the outbox folder of this trial installation, without your address.',
};

function form(entered: Entered, mail: MailWay): Html {
  const field = (name: string, hint: string, kind: 'text' | 'tel' | 'email') => html`
    <label for="${name}">${NAMES[name] ?? name}</label>
    <p class="hint" id="${name}-hint">${hint}</p>
    ${errorOf(entered, name)}
    <input
      id="${name}"
      name="${name}"
      type="${kind}"
      value="${entered.values[name] ?? ''}"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      maxlength="200"
      ${describedBy(entered, name)}
    />
  `;
  return html`
    <form method="post" action="/privacy/requests">
      <input type="hidden" name="right" value="erasure" />
      ${field('instagram', 'Such as @example. Leave it empty if you did not write to us there.', 'text')}
      ${field('whatsapp', 'With the country code, such as +1 555 010 0000. Leave it empty if you did not write to us there.', 'tel')}
      ${mail === 'none' ? null : field('reply_to', MAIL_HINTS[mail], 'email')}
      <label for="description">${NAMES['description'] ?? ''}</label>
      <p class="hint" id="description-hint">Not needed.</p>
      ${errorOf(entered, 'description')}
      <textarea
        id="description"
        name="description"
        rows="3"
        maxlength="2000"
        ${describedBy(entered, 'description')}
      >
${entered.values['description'] ?? ''}</textarea>
      <button type="submit">Ask for deletion</button>
    </form>
  `;
}

function errorOf({ errors }: Entered, name: string): Html | null {
  const error = errors.find(({ field }) => field === name);
  return error === undefined ? null : html`<p class="error" id="${name}-error">${error.detail}</p>`;
}

function describedBy({ errors }: Entered, name: string): Html {
  return errors.some(({ field }) => field === name)
    ? html`aria-invalid="true" aria-describedby="${name}-hint ${name}-error"`
    : html`aria-describedby="${name}-hint"`;
}
