import { some, words } from './wishes.ts';
import type { Wishes } from './wishes.ts';

const DELETE =
  '(?:borr(?:a|ar|e|en|ad|es|ame|enme|eme)|elimin(?:a|ar|e|en|ad|es)|suprim(?:a|e|ir|an|as|id)|destru(?:ir|ye|ya|yan|id)|quit(?:a|ar|e|en|ad))';
const DELETED = '(?:borrad|eliminad|suprimid|destruid)[oa]s?';
const KIND = 'todo|todos|toda|todas|los|las|la|el|de|absolutamente|completamente|ya|inmediatamente';
const PERSONAL = '(?: (?:personal|personales|privados|privada|guardados|almacenados))*';
const THINGS =
  '(?:datos|dato|informacion|informaciones|mensajes|conversaciones|conversacion|historial|chats?|registros)';
const THEY_HAVE =
  '(?:(?:ustedes |usted |vosotros )?(?:saben?|sabes|sabeis|tienen?|tienes|teneis|tengan?|guardan?|guardas|guardeis|han guardado|almacenan?|conservan?|hayan?)(?: guardad[oa]s?| almacenad[oa]s?)?)';
const ABOUT_ME = '(?:sobre mi|de mi|acerca de mi|mios?)';
const OBJECT = `(?:${some(KIND)}(?:mis|mi) ${THINGS}${PERSONAL}|${some(KIND)}${THINGS}${PERSONAL} (?:que ${THEY_HAVE} )?${ABOUT_ME}|todo (?:lo )?(?:que ${THEY_HAVE} )?${ABOUT_ME})`;
const SOFT = 'ya|por favor|ahora|inmediatamente|usted|ustedes|me|de inmediato|todo';
const END =
  '(?=$| (?:por favor|porfa|ya|ahora|hoy|inmediatamente|y|o|que|gracias|segun|conforme|para siempre|del sistema|completamente|definitivamente|cuanto antes|lo antes posible|guardados?|de (?:su|sus|vuestra|vuestros|la base|inmediato|forma)|en (?:su|sus)|con arreglo|porque|permanentemente)(?: |$))';
const HUMAN =
  '(?:(?:un|una|algun|alguna|otro|otra|su|vuestro|el|verdadero|real) ){0,2}(?:humano|humana|persona|persona real|ser humano|agente|alguien|operador|operadora|asesor|asesora|empleado|empleada|responsable|encargado|encargada)';

export const WISHES_ES: Wishes = {
  unless:
    /(?:^| )(?:no|nunca|jamas|cuando|por que|quien|han borrado|habeis borrado|has borrado|ha borrado|cuanto tiempo|antes de|despues de|hasta)(?: |$)/,
  'delete my data': [
    words`${DELETE} ${some(SOFT, 2)}${OBJECT}${END}`,
    words`${OBJECT} (?:sean|fueran|queden|deben ser|sea) ${DELETED}`,
    words`${OBJECT} ${DELETED}`,
    words`(?:eliminacion|supresion|borrado|cancelacion|destruccion) (?:completa |total |inmediata )?de ${OBJECT}`,
    words`(?:ser|sea) olvidad[oa]`,
    words`derecho (?:al olvido|de supresion|a la supresion|de cancelacion|a ser olvidad[oa])`,
    words`(?:olvidame|olvideme|olvidenme|olvidadme)$`,
    words`(?:me|se) (?:olviden?|olvides|olvideis)(?: de mi| por completo| para siempre)*$`,
    words`olvid(?:a|e|en|ad|ar) (?:todo )?(?:lo que ${THEY_HAVE} )?(?:sobre|acerca de) mi$`,
    words`(?:rgpd|gdpr|lopd|lopdgdd|lgpd|art(?:iculo)? 17) .{0,60}(?:borr|elimin|supr|olvid)[a-z]*`,
    words`(?:borr|elimin|supr|olvid)[a-z]* .{0,60}(?:rgpd|gdpr|lopd|lopdgdd|lgpd|art(?:iculo)? 17)`,
  ],
  'my data': [
    words`(?:copia|exportacion|descarga|resumen) de ${OBJECT}${END}`,
    words`(?:ver|muestrame|muestreme|muestrenme|ensename|enseneme|dame|deme|enviame|envieme|envienme|mandame|descargar|exportar|consultar|recibir|obtener|acceder a) ${OBJECT}${END}`,
    words`(?:que|cuales) (?:${THINGS}(?: personales)? )?(?:${THEY_HAVE}) ${ABOUT_ME}`,
    words`(?:que|cuales) (?:datos|informacion)(?: personales)? (?:mios|mia) ${THEY_HAVE}`,
    words`(?:derecho de acceso|solicitud de acceso|derecho a la portabilidad|acceso a ${OBJECT})`,
  ],
  human: [
    words`(?:hablar|chatear|comunicarme|conversar|escribirme|contactar|hablo|comunicarse) con ${HUMAN}(?=$| (?:por favor|porfa|ya|ahora|de verdad|real|sobre|del equipo|de su|gracias)(?: |$))`,
    words`(?:paseme|pasame|pasarme|paseme|comuniqueme|conecteme|conectame|transfierame|pongame) (?:con|a) ${HUMAN}`,
    words`(?:quiero|necesito|prefiero) (?:a )?(?:un humano|una persona real|un ser humano|un agente)(?: por favor)?$`,
    words`hay (?:alguna persona|algun humano|alguien|una persona)(?: ahi| aqui| real| con quien hablar)+$`,
  ],
  stop: [
    words`(?:no|nunca) (?:me )?(?:escriban?|escribas|escribais|envien?|envies|manden?|contacten?) (?:mas|mas mensajes|mensajes|nunca mas)$`,
    words`no quiero (?:recibir )?mas mensajes$`,
    words`(?:dejen?|deja|dejad) de (?:escribirme|enviarme mensajes|mandarme mensajes|molestarme|contactarme)$`,
    words`^(?:por favor )?(?:dejenme|dejeme|dejame|dejadme) en paz$`,
    words`quiero darme de baja$`,
    words`(?:denme|deme|dame|dadme) de baja$`,
  ],
};
