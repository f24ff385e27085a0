import { some, words } from './wishes.ts';
import type { Wishes } from './wishes.ts';

const DELETE = '(?:losch|loesch|entfern|vernicht)(?:e|en|t|et|st)?';
const DELETED =
  '(?:zu )?(?:losch|loesch|entfern|vernicht)en|(?:ge|raus|wieder )?(?:losch|loesch|vernicht)(?:t|et)|geloscht|geloescht|entfernt|vergessen';
const THINGS =
  '(?:daten|informationen|infos|angaben|nachrichten|chats?|chatverlauf|verlauf|nachrichtenverlauf|personendaten|kundendaten|unterhaltungen)';
const KIND =
  'all|alle|aller|alles|samtliche|samtlichen|samtlicher|saemtliche|die|der|diese|gespeicherten|gespeicherte|personlichen|personliche|personenbezogenen|personenbezogene|privaten|ganzen|gesamten|kompletten|eigenen|bisherigen|erhobenen|vollstandigen|bei ihnen gespeicherten';
const KEPT =
  '(?:gespeichert|gesammelt|erfasst|habt|haben|hast|wisst|wissen|weisst|weiss|wissend|speichert|speichern|hat|sammeln|sammelt)';
const ABOUT_ME = '(?:uber mich|ueber mich|von mir|zu meiner person|zu mir)';
const OBJECT = `(?:${some(KIND)}(?:mein|meine|meiner|meinen|meinem|mir gehorenden) ${some(KIND)}${THINGS}|${some(KIND)}${THINGS} (?:die (?:sie|ihr|du) )?${ABOUT_ME}(?: ${KEPT}){0,2}|alles (?:was )?(?:(?:sie|ihr|du|man) )?${ABOUT_ME}(?: ${KEPT}){0,2})`;
const SOFT =
  'sie|ihr|du|bitte|doch|mal|mir|uns|sofort|umgehend|einfach|jetzt|auch|dann|hiermit|unverzuglich|endlich';
const END =
  '(?=$| (?:bitte|sofort|umgehend|jetzt|und|oder|aus|bei ihnen|von ihren|nach|gemass|die|heute|endgultig|vollstandig|komplett|danke|wieder|hier|auf|innerhalb|unverzuglich|alle|ein fur alle mal|dauerhaft|laut|aufgrund|noch)(?: |$))';
const BETWEEN = '(?:(?!nicht |nie |niemals |kein)[a-z0-9]+ ){0,6}';
const HUMAN =
  '(?:(?:einem|einer|einen|ein|ner|nem|richtigen|echten|echter|realen|menschlichen|ihrem|eurem|dem|anderen|lebendigen) ){0,3}(?:menschen|mensch|mitarbeiter|mitarbeiterin|person|jemandem|jemanden|jemand|kundenberater|kundenberaterin|berater|beraterin|team|kollegen|kollegin|angestellten)';

export const WISHES_DE: Wishes = {
  unless:
    /(?:^| )(?:nicht|nie|niemals|kein|keine|keinesfalls|wann|warum|wieso|weshalb|bevor|nachdem|habt ihr|haben sie|hast du|sind meine|wurden meine|werden meine|waren meine|wie lange|was passiert|ob|solange|falls|wenn(?! (?:moglich|sie (?:bitte|so nett))))(?: |$)/,
  'delete my data': [
    words`${DELETE} ${some(SOFT)}${OBJECT}${END}`,
    words`${OBJECT} ${BETWEEN}(?:${DELETED})`,
    words`(?:loschung|loeschung|entfernung|vernichtung) ${some('aller|samtlicher|der|von', 2)}${OBJECT}`,
    words`(?:losch|loesch)(?:antrag|begehren|anfrage|ersuchen)`,
    words`daten(?:losch|loesch)ung`,
    words`(?:mochte|moechte|will|wurde gern|wurde gerne) vergessen werden`,
    words`recht auf (?:vergessen|vergessenwerden|vergessen werden|loschung|loeschung)`,
    words`vergiss ${some('mich|bitte|alles|sofort|jetzt', 3)}(?:mich|alles (?:uber|ueber|von) (?:mich|mir))$`,
    words`(?:vergessen sie|vergesst) ${some('bitte|alles', 2)}(?:mich|(?:uber|ueber) mich)$`,
    words`(?:losch|loesch)(?:e|en sie|t) mich(?: bitte| aus .*)?`,
    words`(?:dsgvo|ds gvo|gdpr|datenschutz grundverordnung|datenschutzgrundverordnung|art(?:ikel)? 17) .{0,60}(?:losch|loesch|vergess)[a-z]*`,
    words`(?:losch|loesch|vergess)[a-z]* .{0,60}(?:dsgvo|ds gvo|gdpr|datenschutz grundverordnung|datenschutzgrundverordnung|art(?:ikel)? 17)`,
  ],
  'my data': [
    words`(?:kopie|auszug|ubersicht|export) (?:uber |von |aller |all |der )*${OBJECT}`,
    words`(?:zeig|zeige|zeigen|schick|schicke|schicken|sende|senden|gib|geben|export|exportiere|exportieren) ${some(SOFT)}${OBJECT}${END}`,
    words`(?:mochte|moechte|will|wurde gern|wurde gerne|kann ich|konnte ich|darf ich|konnen sie mir|konnt ihr mir|kannst du mir) (?:[a-z]+ ){0,2}${OBJECT} ${BETWEEN}(?:sehen|einsehen|erhalten|bekommen|haben|herunterladen|exportieren|zeigen|schicken|zusenden)`,
    words`(?:was|welche(?: personlichen| personenbezogenen)? ${THINGS}) (?:wissen|wisst|weisst|weiss|haben|habt|hast|speichern|speichert|sammelt|sammeln) (?:sie|ihr|du|man)(?: denn| alles| so| eigentlich)* ${ABOUT_ME}(?: ${KEPT})?`,
    words`welche (?:personlichen |personenbezogenen )?${THINGS} (?:sind|werden) ${ABOUT_ME} (?:gespeichert|erfasst|gesammelt)`,
    words`(?:auskunft (?:uber|ueber|zu) ${OBJECT}|datenauskunft|auskunftsersuchen|recht auf auskunft|auskunft nach art(?:ikel)? 15)`,
  ],
  human: [
    words`mit ${HUMAN} (?:(?:uber|zu|aus|von) .{0,40})?(?:sprechen|reden|schreiben|chatten|telefonieren|verbunden werden|verbinden|sprech|red)(?: konnen| durfen| bitte)*`,
    words`(?:sprechen|reden|schreiben|chatten|verbinden sie mich|verbinde mich|verbindet mich) (?:bitte )?mit ${HUMAN}(?=$| (?:bitte|uber|wegen)(?: |$))`,
    words`(?:brauche|will|mochte|moechte|hatte gern|hatte gerne) (?:bitte )?(?:einen|nen) (?:richtigen |echten )?(?:menschen|mitarbeiter)(?: sprechen| bitte)*$`,
    words`(?:ist|gibt es) (?:hier|da|bei euch|bei ihnen)(?: auch)? (?:ein|einen|irgendein) (?:richtiger |richtigen |echter |echten )?mensch(?:en)?$`,
  ],
  stop: [
    words`keine (?:nachrichten|texte|antworten) mehr(?: bitte| schicken| senden| schreiben)*$`,
    words`(?:schreib|schreibt|schreiben sie|kontaktiere|kontaktiert|kontaktieren sie) (?:mir|mich) (?:bitte )?(?:nicht|nie) (?:mehr|wieder)(?: an)?$`,
    words`(?:horen sie auf|hor auf|hort auf)(?: bitte)?(?: mir| mich)? (?:zu (?:schreiben|texten|kontaktieren|nerven)|anzuschreiben)$`,
    words`^(?:bitte )?(?:lass|lasst|lassen sie) mich(?: bitte| jetzt| doch)* in ruhe$`,
    words`(?:mochte|moechte|will) mich abmelden$`,
    words`(?:melden sie mich|melde mich)(?: bitte)? ab$`,
  ],
};
