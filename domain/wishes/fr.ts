import { some, words } from './wishes.ts';
import type { Wishes } from './wishes.ts';

const DELETE =
  '(?:supprim(?:er|ez|e|es|iez|ent)|effac(?:er|ez|e|es|iez)|detrui(?:re|sez|siez|s)|enlev(?:er|ez|e)|retir(?:er|ez|e)|elimin(?:er|ez|e))';
const DELETED = '(?:supprime|efface|detruit|retire|oublie|elimine)(?:e|s|es)?';
const KIND =
  'tout|toute|toutes|tous|les|la|le|l|ensemble|integralite|totalite|de|des|vos|absolument';
const PERSONAL =
  '(?: (?:personnelles?|personnels?|privees?|a caractere personnel|stockees|enregistrees))*';
const THINGS =
  '(?:donnees?|informations?|infos?|messages|conversations?|historique|discussions?|chats?)';
const YOU_HAVE =
  '(?:(?:vous|tu|ils) (?:(?:savez|sais|avez|as|conservez|conserve|conserves|detenez|detiens|gardez|gardes|stockez|stockes|possedez|collectez|collecte|enregistre|stocke|garde)s? ?){1,2})';
const ABOUT_ME = '(?:sur moi|a mon sujet|me concernant|qui me concernent|de moi)';
const OBJECT = `(?:${some(KIND)}(?:mes|ma|mon) ${THINGS}${PERSONAL}|${some(KIND)}${THINGS}${PERSONAL} (?:que ${YOU_HAVE} ?)?${ABOUT_ME}|tout (?:ce )?(?:que ${YOU_HAVE} ?)?${ABOUT_ME})`;
const SOFT =
  's il vous plait|svp|stp|immediatement|definitivement|moi|vite|maintenant|bien|donc|completement';
const END =
  '(?=$| (?:s il|svp|stp|immediatement|maintenant|aujourd|et|ou|que|qui|merci|selon|conformement|definitivement|completement|de (?:votre|vos|vos|facon|maniere|la base)|du systeme|dans (?:votre|vos)|au plus|des que|en vertu|pour toujours|car|parce|rapidement)(?: |$))';
const HUMAN =
  '(?:(?:un|une|a|au|quelque|vrai|vraie|autre|votre|l) ){0,3}(?:humain|humaine|personne|vraie personne|personne reelle|etre humain|quelqu un|conseiller|conseillere|agent|operateur|operatrice|employe|employee|responsable|equipe)';

export const WISHES_FR: Wishes = {
  unless:
    /(?:^| )(?:ne|n|pas|jamais|quand|pourquoi|qui a|avez vous|as tu|combien de temps|avant de|apres avoir|jusqu)(?: |$)/,
  'delete my data': [
    words`${DELETE} ${some(SOFT, 2)}${OBJECT}${END}`,
    words`(?:que |voir |faire )${OBJECT} (?:soient |soit |etre |a etre )?${DELETED}`,
    words`${OBJECT} (?:doivent|doit) etre ${DELETED}`,
    words`(?:suppression|effacement|destruction|elimination) (?:complete |totale |immediate )?(?:de |d )${OBJECT}`,
    words`(?:etre|soit|sois) oubliee?`,
    words`droit (?:a l oubli|a l effacement|d effacement|a la suppression|de suppression)`,
    words`oubli(?:ez|e) (?:moi|tout (?:sur|de) moi|tout ce que vous savez (?:sur|de) moi)$`,
    words`(?:m oublier|m oubliez|m oubliiez|m oublies)(?: completement| definitivement| s il vous plait| svp)*$`,
    words`(?:rgpd|gdpr|lgpd|cnil|art(?:icle)? 17) .{0,60}(?:supprim|suppress|effac|oubl)[a-z]*`,
    words`(?:supprim|suppress|effac|oubl)[a-z]* .{0,60}(?:rgpd|gdpr|lgpd|cnil|art(?:icle)? 17)`,
  ],
  'my data': [
    words`(?:copie|export|exportation|apercu) (?:de |d )${OBJECT}${END}`,
    words`(?:voir|montrez moi|montre moi|donnez moi|donne moi|envoyez moi|envoie moi|m envoyer|me montrer|telecharger|exporter|consulter|recevoir|obtenir|acceder a) ${OBJECT}${END}`,
    words`(?:quelles?|quels?) ${THINGS}${PERSONAL} (?:me concernant )?(?:avez vous|as tu|conservez vous|detenez vous|gardez vous|stockez vous|possedez vous|vous avez|vous conservez)(?: ${ABOUT_ME})?`,
    words`(?:que|qu est ce que) (?:vous )?(?:savez|sais|avez|conservez)(?: vous| tu)? (?:sur moi|a mon sujet)`,
    words`(?:droit d acces|demande d acces|droit a la portabilite|acces a ${OBJECT})`,
  ],
  human: [
    words`(?:parler|discuter|echanger|ecrire|parle) (?:a|avec|au) ${HUMAN}(?=$| (?:s il|svp|stp|maintenant|de|directement|reel|reelle|au sujet|merci)(?: |$))`,
    words`(?:parler|discuter|echanger) (?:a|avec) (?:l|votre) equipe`,
    words`(?:passez moi|passe moi|mettez moi en relation avec|transferez moi (?:a|vers)|connectez moi (?:a|avec)) ${HUMAN}`,
    words`(?:je veux|je voudrais|j ai besoin d|il me faut) (?:un humain|une vraie personne|un etre humain|un conseiller)(?: svp| s il vous plait)*$`,
    words`(?:y a t il|il y a|est ce qu il y a) (?:un humain|une vraie personne|quelqu un|une personne)(?: ici| la| a qui parler| au bout)+$`,
  ],
  stop: [
    words`(?:ne )?m (?:ecrivez|ecris|envoyez|envoie|contactez) (?:plus|plus de messages|plus jamais)$`,
    words`^(?:s il vous plait |svp )?plus de messages?(?: svp| s il vous plait| merci)*$`,
    words`(?:arretez|arrete|cessez) de (?:m ecrire|m envoyer des messages|me contacter|me deranger|m embeter)$`,
    words`(?:laissez|laisse|fichez) moi (?:tranquille|la paix|en paix)$`,
    words`(?:veux|voudrais|souhaite) me desabonner$`,
    words`desabonne(?:z|r)? moi$`,
  ],
};
