/**
 * Small words of the supported languages, folded: they say how a question is asked, not what about.
 * In a folder of a few pages a rare "do" would otherwise outweigh the noun beside it.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  [
    // English
    `a an and any are as at be been but by can come could d did do does doing don for from get give had has have he her here
    him his how i if in into is it its just let like ll m many me much my need no not now of off on or our out please re
    s she should so some t tell than that the their them then there these they this those time to today tomorrow too us
    ve very want was we were what whats when where which who whom whose why will with would you your yours`,
    // German
    `aber als am an auch auf aus bei bin bis bist bitte da das dass dein dem den der des die dir doch du ein eine einem
    einen einer eines er es euch euer eure fur gibt habe haben habt hat ich ihr ihre im in ist ja kann kannst konnen
    konnt konnte man mein mich mir mit nach nicht noch nur ob oder sein sich sie sind so uber um und uns unser vom von
    vor wann war was wegen welche welcher welches wenn wer wie wir wird wo wurde zu zum zur`,
    // Spanish
    `al algo como con cual cuales cuando de del donde el ella ellos en es esa ese esta estan estas este esto estos
    favor ha hace hacen hacer hay la las le les lo los me mi mis muy nos nuestro o para pero por porque puede pueden
    puedo que quien quiero se ser si sin sobre son su sus tambien te teneis tengo tiene tienen tu tus un una uno unos
    usted ustedes vosotros y yo`,
    // Portuguese
    `ao aos as ate com da das dele dos e ela ele eles em essa esse esta estao estou eu fazem faz fazer foi ha isso isto
    ja mais mas meu minha muito na nao nas no nos nossa nosso num numa o os ou pela pelo pode podem posso pra qual quais
    quando quem quero sao seu sua tambem tem tenho um uma umas uns voce voces`,
    // French
    `a ai au aux avec avez ce ces cet cette comment dans de des du elle elles en est et etes etre eux faites faire fait
    il ils j je l la le les leur leurs lui ma mais me mes moi mon n ne nos notre nous on ont ou par pas peut peux plait
    pour pourquoi pouvez qu quand que quel quelle quelles quels qui sa sans se ses si sont sur ta te tes toi ton tu un
    une vos votre vous y c d s t m`,
  ]
    .join(' ')
    .split(/\s+/)
    .filter(Boolean),
);
