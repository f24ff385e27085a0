import { CHANNEL_LIMITS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { CHANNEL_NAMES } from './channel-names.ts';
import { SUGGESTIONS } from './example-texts.ts';
import { ICONS } from './icons.ts';

/** One phone, empty: a header with the business, the messages, suggestions while there are none, and a field to write. */
export function phoneMarkup(channel: Channel, companyName: string): Html {
  const name = CHANNEL_NAMES[channel];
  return html`<div class="phone">
    <div class="screen">
      <div class="status-bar" aria-hidden="true">
        <span class="clock"></span><span class="island"></span>${ICONS.signal}
      </div>
      <div class="chat-header">
        <span class="chevron">${ICONS.back}</span>
        <span class="avatar" aria-hidden="true"><span>${initials(companyName)}</span></span>
        <div class="who">
          <p class="business">${companyName}</p>
          <p class="subtitle">Business chat</p>
        </div>
      </div>
      <div
        class="chat"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label="Messages on ${name}"
        tabindex="0"
      >
        <p class="intro">
          This chat is simulated. What you write goes to the webhook of ${companyName}, signed as
          Meta signs it.
        </p>
        <div class="messages"></div>
      </div>
      <p class="typing" aria-hidden="true">
        <span class="dots"><i></i><i></i><i></i></span>
      </p>
      <div class="suggestions" role="group" aria-label="Suggested first messages on ${name}">
        ${SUGGESTIONS.map((text) => html`<button type="button" data-suggestion="${text}">${text}</button>`)}
      </div>
      <form class="composer" autocomplete="off">
        <p class="editing" hidden>
          Editing your last message <button type="button" class="cancel">Cancel</button>
        </p>
        <label class="visually-hidden" for="${channel}-text">Message on ${name}</label>
        <textarea
          id="${channel}-text"
          name="text"
          rows="1"
          maxlength="${CHANNEL_LIMITS[channel].maximum}"
          placeholder="Message"
          enterkeyhint="send"
        ></textarea>
        <button class="send" type="submit" aria-label="Send on ${name}">${ICONS.send}</button>
      </form>
      <div class="home-bar" aria-hidden="true"></div>
    </div>
  </div>`;
}

/** What the script copies for each message; which parts show is a matter of its data attributes. */
export function messageTemplate(companyName: string): Html {
  return html`<template id="message-template">
    <div class="message">
      <div class="bubble">
        <span
          class="author visually-hidden"
          data-person="You:"
          data-business="${companyName}:"
          data-human="A human at ${companyName}:"
        ></span>
        <span class="picture" role="img" aria-label="A picture">${ICONS.picture}</span>
        <span class="words"></span>
        <span class="meta">
          <span class="edited">edited</span> <time></time>
          <span class="state"
            ><span class="state-icon sending">${ICONS.clock}</span
            ><span class="state-icon sent">${ICONS.tick}</span
            ><span class="state-icon delivered">${ICONS.ticks}</span
            ><span class="state-icon failed">${ICONS.alert}</span><span class="state-words"></span
          ></span>
        </span>
        <span class="reaction" hidden
          ><span class="visually-hidden">You reacted with a heart</span>${ICONS.heart}</span
        >
      </div>
      <p class="caption"></p>
    </div>
  </template>`;
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
