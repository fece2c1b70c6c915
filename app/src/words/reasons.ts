// Why a session runs over somebody else, as src/base/reason.def says it; a test compares them.
export const reasons: Record<'en' | 'ru', Record<string, string>> = {
  en: {
    pending: 'a direct path is being tried',
    'no-candidate': 'one end knows no address at which it could be reached',
    'both-hard': 'the routers of both give each peer another port',
    'guess-missed': 'the port that the router gives was not guessed',
    'no-answer': 'nothing came back from any address of the other',
    'peer-old': "the other's program is too old for it",
    policy: 'a rule of one end does not allow it',
    limit: 'too many direct paths are being tried already',
  },
  ru: {
    pending: 'прямой путь пробуется',
    'no-candidate': 'одна из сторон не знает своего адреса',
    'both-hard': 'маршрутизаторы обоих дают каждому другой порт',
    'guess-missed': 'порт маршрутизатора не угадан',
    'no-answer': 'ни один адрес собеседника не ответил',
    'peer-old': 'программа собеседника слишком стара',
    policy: 'правило одной из сторон это запрещает',
    limit: 'уже пробуется слишком много прямых путей',
  },
};
