import { maybe, some, words } from './wishes.ts';
import type { Wishes } from './wishes.ts';

const DELETE =
  'delete|erase|remove|wipe|destroy|purge|scrub|clear|get rid of|deleting|erasing|removing';
const DELETED = 'deleted|erased|removed|wiped|destroyed|forgotten|gone';
const THINGS =
  '(?:data|datas|information|info|infos|details|messages|(?:chat|message|conversation) history|chats|conversations|records)';
const KIND =
  'all|any|every|everything|of|the|other|own|personal|private|stored|saved|customer|user|contact|complete|entire|whole|data and|messages and';
const YOU_HAVE = `(?:(?:that |which |what )?(?:you|they) (?:(?:guys|all|still|ever|have|ve|hold|know|store|stored|keep|kept|save|saved|collect|collected|got|recorded) ){1,3})`;
const ABOUT_ME = '(?:about|on|of|from) me';
const MINE = `${some(KIND)}my ${some(KIND)}${THINGS}`;
const OBJECT = `(?:${MINE}|${some(KIND)}${THINGS} ${YOU_HAVE}?${ABOUT_ME}|${some('all|of')}(?:everything|all|anything|whatever) ${YOU_HAVE}?${ABOUT_ME})`;
/** What may follow, so that "my data plan" is no such wish. */
const END =
  '(?=$| (?:please|pls|now|right|immediately|today|asap|at once|and|which|that|you|thanks|thank|because|as|forever|for good|for ever|permanently|completely|entirely|too|also|stored|saved|here|first|then|or|by|again|held|under|(?:from|in|on|off) (?:your|you|here|everywhere|all|the (?:system|database)))(?: |$))';
const ASK =
  '(?:want|need|like|love|prefer|have|get|wish|demand|request|ask|insist|require|expect|see)';
const HUMAN =
  '(?:(?:a|an|any|some|one of your|your|the|another|real|live|actual|human) ){0,3}(?:human|human being|person|people|someone|somebody|agent|representative|employee|operator|staff|staff member|team member|colleagues?|member of (?:the |your )?(?:team|staff))';
const HUMAN_END =
  '(?=$| (?:please|pls|now|instead|here|about|thanks|thank|from|in|and|not|directly|at|right)(?: |$))';

export const WISHES_EN: Wishes = {
  unless:
    /(?:^| )(?:not|never|don t|dont|doesn t|didn t|won t|isn t|mustn t|did (?:you|they)|do (?:you|they)|have you|has|when|why|unless|until|before|who|what happens|whether|once|how long|if(?! (?:you (?:could|can|would)|possible)))(?: |$)/,
  'delete my data': [
    words`(?:${DELETE}) (?:out )?${OBJECT}${END}`,
    words`${ASK} (?:to (?:have|see|get) )?${OBJECT} ${some('to|be|being|get|completely|permanently|all', 3)}(?:${DELETED})`,
    words`${OBJECT} (?:must|should|needs to|need to|has to|have to|shall) be (?:${DELETED})`,
    words`(?:deletion|erasure|removal|destruction) of ${OBJECT}`,
    words`(?:to be|being|get) forgotten`,
    words`(?:right to|right of) (?:erasure|deletion|be forgotten)`,
    words`(?:^|(?:please|to|could you|can you|will you|would you|just|now) )forget (?:about )?(?:me|all about me|everything about me|everything you know about me)$`,
    words`(?:delete|erase|remove|wipe) me (?:completely |entirely )?(?:from|off|out of) (?:all )?(?:your|the) (?:database|databases|system|systems|records|servers|files|data)`,
    words`(?:please|to|could you|can you|just) (?:delete|erase) me`,
    words`(?:my |a )?data (?:deletion|erasure|removal)(?: request)?`,
    words`(?:request|requesting|demand|want) (?:the |a )?(?:deletion|erasure)`,
    words`(?:gdpr|dsgvo|rgpd|lgpd|ccpa|art(?:icle)? 17) .{0,60}(?:delet|eras|remov|forget|forgotten)[a-z]*`,
    words`(?:delet|eras|remov|forg[eo]t)[a-z]* .{0,60}(?:gdpr|dsgvo|rgpd|lgpd|ccpa|art(?:icle)? 17)`,
  ],
  'my data': [
    words`(?:copy|copies|export|download|overview|extract) of ${OBJECT}${END}`,
    words`(?:show|give|send|export|download|access|see|view|get|receive|provide|disclose|hand over) ${some('me|us|to|a copy of', 2)}${OBJECT}${END}`,
    words`(?:what|which)(?: (?:kind|sort) of)?(?: personal)? ?${maybe(THINGS)}(?:about me )?(?:do |does |have |has )(?:you|your company|they) ${some('all|guys|still|have|hold|know|store|stored|keep|save|saved|collect|collected|got', 3)}(?:about|on) me`,
    words`(?:what|which) ${some('personal|of my', 2)}${THINGS} (?:of mine )?do you (?:have|hold|know|store|keep|save|collect)(?: (?:about|on|of) me)?`,
    words`(?:what you|everything you|all you) (?:have|hold|know|store|keep|saved|stored)(?: stored| saved)? (?:about|on) me`,
    words`(?:right (?:of|to) access|data access request|subject access request|data subject request|right to data portability)`,
  ],
  human: [
    words`(?:talk|speak|chat|write|talking|speaking) (?:to|with) ${HUMAN}${HUMAN_END}`,
    words`(?:want|need|get|give|like|prefer|have) ${some('me|to have|to get', 1)}(?:a|an|the) (?:real |live |actual )?(?:human|human being|real person|live person|actual person|live agent|human agent|human operator)${HUMAN_END}`,
    words`(?:connect|transfer|put|pass|switch|forward|hand) (?:me|us) (?:over |through |on )?(?:to|with) ${HUMAN}${HUMAN_END}`,
    words`is (?:there|here) ${maybe('even|maybe|also')}(?:a|any) (?:real |live |actual )?(?:human|person|human being)(?: (?:here|there|around|available|i can (?:talk|speak|write) (?:to|with)))?$`,
  ],
  stop: [
    words`stop (?:messaging|texting|writing|contacting|bothering|spamming|annoying)(?: to)?(?: me| us)?(?: please| now| again)?$`,
    words`(?:stop|quit) sending (?:me )?(?:any |these |those |this |more |all )*(?:messages|texts|replies|answers|stuff)?(?: please| now| to me)?$`,
    words`^(?:(?:please|and|so|just|i said) )*(?:do not|don t|dont|never) (?:message|text|write|write to|contact|bother) me(?: again| any ?more| ever again| please)*$`,
    words`^(?:please )?leave me alone(?: please)?$`,
    words`^(?:(?:i|want|please|get) )*no more (?:messages|texts)(?: from you| please)*$`,
    words`(?:unsubscribe|opt) me(?: out)?$`,
    words`(?:want|like) to (?:unsubscribe|opt out)$`,
  ],
};
