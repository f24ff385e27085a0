import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';

/** Policy D1 to D7: how to have everything deleted, with the letter to copy and the form. */
export function deletionPage(site: Site): Html {
  const main = html`
    <p>
      You can have everything deleted that ${site.companyName} holds about you from Instagram Direct and WhatsApp: your
      messages, our answers, how to reach you, and everything linked to them. It is deleted for good, and you get an answer
      within 72 hours.
    </p>
    <h2>In the chat</h2>
    <p>Write <strong>delete my data</strong> to us on Instagram or WhatsApp, and send back the phrase that you get.</p>
    <h2>With this form</h2>
    <p>You will get a phrase to send from each account that you name. That is how we know that it is yours; we ask for no document.</p>
    <form method="post" action="/privacy/requests">
      <input type="hidden" name="right" value="erasure" />
      <label for="instagram">Instagram handle</label>
      <input id="instagram" name="instagram" autocomplete="off" autocapitalize="none" spellcheck="false" />
      <label for="whatsapp">WhatsApp number</label>
      <p class="hint" id="whatsapp-hint">With the country code, such as +1 555 010 0000.</p>
      <input id="whatsapp" name="whatsapp" type="tel" autocomplete="off" aria-describedby="whatsapp-hint" />
      <label for="description">Anything you want to add (not needed)</label>
      <textarea id="description" name="description" rows="3" maxlength="2000"></textarea>
      <button type="submit">Ask for deletion</button>
    </form>
    <h2>What this does not cover</h2>
    <p>
      What Meta keeps of the same conversation is not ours to delete. In Instagram, see "Your activity" and "Download or
      transfer your information"; in WhatsApp, delete the chat in the app. The AI provider that writes our answers keeps a log
      of its own for a while; the page of your request says until when.
    </p>
    <h2>No answer after 72 hours?</h2>
    <p>
      Ask again, or write to <a href="mailto:${site.contactEmail}">${site.contactEmail}</a>. Asking again does no harm: what is
      being deleted is not deleted twice.
    </p>
  `;
  return sitePage(site, { title: 'Delete my data', main });
}
