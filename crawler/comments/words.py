"""How pages write "12 comments", "no comments yet" and "comments are closed", in two dozen languages. A pure module."""

import re

_NOUNS = (
    # English, German, the Nordic languages, Dutch
    r"(?:user |reader |all |total )?comments?|thoughts?|responses?|repl(?:y|ies)"
    r"|(?:leser-?)?kommentare?|kommentarer|antworten?|gedanken"
    r"|ergänzung(?:en)?|lesermeinung(?:en)?|kommenttia?|kommentit|reacties?|opmerkingen"
    # French, Spanish, Italian, Portuguese, Romanian
    r"|commentaires?|réactions?|réponses?|comentarios?|respuestas?|opiniones|comment[oi]|risposte"
    r"|coment[áa]rios?|respostas?|comentarii"
    # Polish, Czech, Russian, Ukrainian, Hungarian, Greek, Turkish
    r"|komentarz[ey]?|komentarzy|opini[ei]|komentáře?|komentářů|комментари\w{1,2}|отзыв\w{0,3}"
    r"|коментар\w{0,3}|hozzászólás(?:ok)?|σχόλι[αο]|yorum(?:lar)?"
    # Indonesian, Vietnamese, Arabic, Hebrew, Hindi, Bengali
    r"|komentar|bình luận|ý kiến|تعليقات?|التعليقات|תגוב(?:ה|ות)|टिप्पणि?याँ?|टिप्पणी|কমেন্ট|মন্তব্য"
)
_CJK = r"コメント|评论|評論|留言|回應|回复|댓글|의견"
_EAST_COUNTERS = r"件|条|條|則|则|个|個|개"
_WHICH = (  # before the noun: whose comments, or which of them
    r"your|all|eure|ihre|alle|vos|tous les|tus|sus|todos los|i vostri|tutti i|os seus|todos os|jullie|uw|wasze|twoje"
    r"|ваши|ваші|твои|все|усі"
)
_EAST_WHICH = (
    r"全部|所有|最新|热门|熱門|精彩|精选|精選|网友|網友|讀者|读者"
    r"|読者の|みんなの|全体の|전체 ?|최신 ?|인기 ?|베스트 ?|독자 ?"
)
_NUMBER = r"\d{1,3}(?:[.,\u202f\u00a0 ]\d{3})+|\d{1,6}"
_ONE = r"one|an?|eine?|une?|uma?|una|uno|een|jeden|bir|один|en|et|ett"
_NO = (
    r"no|0|(?:noch |bisher |derzeit |momentan )*keine?|aucune?|pas de|sin|ning[úu]n|nessun|nenhum|sem|geen|brak|inga|ingen"
    r"|нет|ei|no hay|zatím žádné|henüz|hiç|belum ada|chưa có|لا توجد|まだ|暂无|暫無|아직"
)
COUNT = re.compile(
    rf"(?<![\w.,/])(?P<n>{_NUMBER})\s?(?:{_NOUNS})(?!\w)|(?<!\w)(?:{_NOUNS})\s?[:(\[–-]?\s?\(?(?P<m>{_NUMBER})\)?\W*\Z"
    rf"|(?P<c>{_NUMBER})\s?(?:件の|条|條|則|则|个|個|개의|건의|件)?\s?(?:{_CJK})|(?:{_CJK})\s?[:(（\[]?\s?(?P<k>{_NUMBER})"
    rf"|\A\W*(?P<one>{_ONE}) (?:{_NOUNS})(?!\w)|(?<!\w)(?P<no>{_NO}) (?:{_NOUNS})(?!\w)",
    re.IGNORECASE,
)
HEADING = re.compile(
    rf"\W*(?:(?:(?:{_NUMBER}|{_ONE}|{_NO}|{_WHICH}|there (?:is|are) \d{{1,6}}) )?(?:{_NOUNS})"
    rf"(?: so far)?(?:\W{{0,3}}(?:{_NUMBER})\W{{0,2}})?"
    rf"(?: (?:on|to|for|zu|zum|auf|sur|à|en|sobre|a|em|su|op|over|do|na|к|на)\W.{{0,200}})?"
    rf"|(?:{_EAST_WHICH})?(?:{_NUMBER})?\s?(?:件の|개의|{_EAST_COUNTERS})?\s?(?:{_CJK})(?:一覧|列表|목록)?"
    rf"\W{{0,2}}(?:(?:{_NUMBER})\s?(?:{_EAST_COUNTERS})?)?"
    r"|(?:join the |user |reader |leser)?(?:discussion|conversation|diskussion|debatte|meinungen"
    r"|discussione|discusión|обсуждени[ея]|обговорення|討論|讨论|ディスカッション|토론))\W*",
    re.IGNORECASE,
)
CLOSED = re.compile(
    r"comments? (?:section )?(?:are|is|have been|has been) (?:now |currently )?(?:closed|turned off"
    r"|disabled|switched off)|comments? closed"
    r"|commenting (?:is|has been|on this \w+ is|on this \w+ has been) (?:now |currently )?(?:closed|disabled|turned off)"
    r"|commenting(?: on this \w+)? (?:isn['’]t|is not|is no longer) available"
    r"|comments? (?:on|for) this (?:\w+) (?:are|is) (?:now )?closed|closed (?:for|to) (?:new )?comments"
    r"|kommentar(?:e|funktion|bereich)?(?: \w+){0,4} (?:geschlossen|deaktiviert|abgeschaltet)"
    r"|kommentieren(?: \w+){0,3} (?:deaktiviert|geschlossen)"
    r"|keine kommentare m.glich|commentaires (?:sont )?(?:ferm.s|clos|d.sactiv.s)"
    r"|comentarios (?:est.n )?(?:cerrados|desactivados)"
    r"|i commenti sono (?:chiusi|disabilitati)|commenti (?:chiusi|disabilitati)|reacties zijn (?:gesloten|uitgeschakeld)"
    r"|coment.rios (?:est.o )?(?:fechados|encerrados|desativados)|komentowanie (?:\w+ )?(?:wy..czone|zablokowane|zamkni.te)"
    r"|yorumlar kapal.|комментарии закрыты|комментирование (?:закрыто|отключено)"
    r"|kommentarerna .r st.ngda|kommentarer er (?:lukket|stengt)"
    r"|コメントは受け付けていません|评论已关闭|評論已關閉|댓글이 닫혔|komentar ditutup|التعليقات مغلقة",
    re.IGNORECASE,
)
LOADING = re.compile(
    r"\A\W*(?:loading|load|show|view|see|open|read)\W(?:all |the |more )?(?:\d{1,6} )?(?:comments|discussion|conversation)"
    r"|view the discussion thread|enable javascript to view (?:the )?(?:comments|discussion)"
    r"|javascript is required to load the comments"
    r"|comments powered by|kommentare (?:werden|wird) geladen|(?:alle )?kommentare (?:anzeigen|einblenden|laden)"
    r"|chargement des commentaires|(?:voir|afficher) (?:tous )?les commentaires|cargando comentarios|ver (?:los )?comentarios"
    r"|carregando coment.rios|ver coment.rios|caricamento (?:dei )?commenti|(?:mostra"
    r"|vedi) (?:tutti i )?commenti|reacties laden|загрузка комментариев",
    re.IGNORECASE,
)


def counted(text: str) -> int | None:
    """How many comments a short text says there are ("1,204 Comments", "Kommentare (3)"); None if it does not."""
    found = COUNT.search(text)
    if not found:
        return None
    if found["one"] or found["no"]:
        return 1 if found["one"] else 0
    digits = re.sub(r"\D", "", found["n"] or found["m"] or found["c"] or found["k"])
    return int(digits)
