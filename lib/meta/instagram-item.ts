import { z } from 'zod';
import {
  controlFinding,
  postbackFinding,
  reactionFinding,
  seenFinding,
} from './instagram-action.ts';
import { editFinding, isFirstVersion, messageFinding } from './instagram-message.ts';
import { overheard } from './overheard.ts';
import {
  isDashboardTest,
  isOfAnotherAccount,
  Parties,
  type Delivery,
} from './instagram-parties.ts';
import { ignored, MALFORMED, type Finding } from './webhook-finding.ts';

const part = z.unknown().optional();
const Item = z.object({
  message: part,
  message_edit: part,
  postback: part,
  reaction: part,
  read: part,
  pass_thread_control: part,
  take_thread_control: part,
  request_thread_control: part,
  app_roles: part,
  delivery: part,
  optin: part,
  referral: part,
});
type Item = z.infer<typeof Item>;

/**
 * One item of `messaging` or `standby`, on its own.
 * Source: Instagram platform, webhook examples.
 */
export function itemFinding(delivery: Delivery, raw: unknown): Finding {
  const item = Item.safeParse(raw).data;
  if (item === undefined) return MALFORMED;
  const isFirst = isFirstVersion(item.message_edit);
  const parties = Parties.safeParse(raw).data;
  if (parties === undefined) return isFirst ? ignored('first version') : MALFORMED;
  if (isDashboardTest(parties)) return ignored('dashboard test');
  if (isOfAnotherAccount(parties, delivery)) return ignored('another account');

  const finding = wordsFinding(item, parties, delivery);
  if (finding !== null) return delivery.isStandby ? overheard(finding) : finding;
  const action = actionFinding(item, parties, delivery);
  if (!delivery.isStandby) return action;
  return action.kind === 'event' ? overheard(action) : ignored('standby');
}

function wordsFinding(item: Item, parties: Parties, delivery: Delivery): Finding | null {
  if (item.message !== undefined) return messageFinding(parties, delivery, item.message);
  if (item.message_edit !== undefined) return editFinding(parties, delivery, item.message_edit);
  return null;
}

function actionFinding(item: Item, parties: Parties, delivery: Delivery): Finding {
  if (item.postback !== undefined) return postbackFinding(parties, delivery, item.postback);
  if (item.reaction !== undefined) return reactionFinding(parties, delivery, item.reaction);
  if (item.read !== undefined) return seenFinding(parties, delivery, item.read);
  // A pass is told to the app that gets the conversation, a take to the app that loses it.
  if (item.pass_thread_control !== undefined) return controlFinding(parties, delivery, 'us');
  if (item.take_thread_control !== undefined) return controlFinding(parties, delivery, 'others');
  if (item.request_thread_control !== undefined) return ignored('handover');
  if (item.app_roles !== undefined) return ignored('handover');
  if (item.delivery !== undefined) return ignored('delivery');
  if (item.optin !== undefined) return ignored('opt-in');
  // The last of all: a message or a postback may carry the referral of the ad that it came from.
  if (item.referral !== undefined) return ignored('referral');
  return MALFORMED;
}
