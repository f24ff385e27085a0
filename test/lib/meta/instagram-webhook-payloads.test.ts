import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { payload, payloadNames } from '../../support/payloads.ts';
import { described } from './described.ts';

const EXPECTED: Record<string, string[]> = {
  chatwoot_message: ['malformed 1'],
  chatwoot_seen: ['malformed 1'],
  chatwoot_share_attachment: ['malformed 1'],
  chatwoot_story_mention: ['malformed 1'],
  dashboard_test_changes_messages: ['ignored dashboard test 1'],
  metadoc_attachment_file: ['document by user id'],
  metadoc_attachment_ig_reel: ['share by user id'],
  metadoc_comment_flat_instagram_login: ['ignored comment 1'],
  metadoc_handover_app_roles: ['ignored handover 1'],
  metadoc_handover_pass_thread_control: ['control to us over user id'],
  metadoc_handover_take_thread_control: ['control to others over user id'],
  metadoc_quick_reply: ['text by user id'],
  metadoc_referral_igme: ['ignored referral 1'],
  metadoc_standby_postback_no_payload: ['ignored standby 1'],
  metadoc_text: ['text by user id'],
  metadoc_text_and_attachments: ['image by user id'],
  metadoc_top_level_array_text: ['text by user id'],
  vercelchat_first_message: ['text by user id'],
  vercelchat_quick_reply: ['text by user id'],
  vercelchat_sample_image_attachment: ['image by user id'],
  vercelchat_sample_postback: ['text by user id'],
  vercelchat_sample_quick_reply: ['text by user id'],
  vercelchat_sample_story_mention: ['story mention by user id'],
  vercelchat_sample_story_reply: ['text by user id'],
  vercelchat_story_reply: ['text by user id'],
};

test('every recorded Instagram webhook has an expected result', () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual(payloadNames('instagram'));
});

test.each(Object.entries(EXPECTED))('the webhook %s is read as expected', (name, expected) => {
  expect(described(parseInstagramWebhook(payload('instagram', name)))).toEqual(expected);
});

test.each(payloadNames('messenger'))('the Messenger webhook %s is not served', (name) => {
  expect(parseInstagramWebhook(payload('messenger', name))).toEqual({
    events: [],
    ignored: { messenger: 1 },
    malformed: 0,
  });
});
