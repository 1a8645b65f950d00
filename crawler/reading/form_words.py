"""Lines of comment forms, of their headings and buttons, that are written the same everywhere. A pure module.

WordPress's own translations, and what Disqus, Drupal, Blogger and newspapers say around their comments; compared in lower
case, without the punctuation around.
"""


def _lines(table: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in table.splitlines() if line.strip())


# Whole lines.
PHRASES = frozenset(
    each.strip()
    for line in _lines(
        """
        comment | comments | no comments | no comments yet | there are no comments yet | add comment | add a comment
        add your comment | post a comment | post comment | submit comment | write a comment | leave a comment
        leave a reply | leave comment | cancel reply | reply | replies | respond | report | report abuse
        report comment | report this comment | flag | flag comment | like | unlike | upvote | downvote
        permalink | edit | delete | quote | share | vote | recommend | best | newest | oldest | newest first
        oldest first | most liked | top comments | all comments | older comments | newer comments | previous comments
        next comments | view comments | show comments | hide comments | load comments | view all comments
        see all comments | show more comments | load more comments | load more | view more comments | view replies
        show replies | hide replies | loading comments | loading | join the conversation | join the discussion
        start the conversation | start the discussion | log in to comment | login to comment | log in to reply
        login to reply | sign in to comment | sign in to reply | sign in or register to comment | register to comment
        be the first to comment | be the first to reply | be the first to leave a comment | comments are closed
        comments closed | comments are off | comments are turned off | commenting is closed
        this post is closed to new comments | user comments | reader comments | view the discussion thread
        comments powered by disqus | blog comments powered by disqus | trackback url
        please enable javascript to view the comments powered by disqus | want to join the discussion?
        feel free to contribute | subscribe to comments with rss | rss feed for comments on this post
        both comments and pings are currently closed | your comment is awaiting moderation | in reply to
        write your comment | your comment | your name | your email | submit

        kommentar | kommentare | kommentieren | jetzt kommentieren | antworten | antworten abbrechen | antwort
        noch keine kommentare | keine kommentare | kommentar schreiben | kommentar verfassen | kommentar hinterlassen
        kommentar abschicken | kommentar melden | kommentar hinzufügen | neuen kommentar schreiben
        neuen kommentar hinzufügen | kommentare anzeigen | kommentare einblenden | alle kommentare anzeigen
        alle kommentare | weitere kommentare | kommentare laden | kommentare werden geladen | melden | zitieren
        schreib den ersten kommentar | schreiben sie den ersten kommentar | neueste zuerst | älteste zuerst
        diskutieren sie mit | diskutieren sie über diesen artikel | diskutiere mit | einloggen zum kommentieren
        zum kommentieren bitte einloggen | anmelden um zu kommentieren | zum antworten anmelden
        bitte anmelden, um zu kommentieren | leserkommentare | gefällt mir | permanenter link
        kommentare sind geschlossen | die kommentarfunktion ist geschlossen | ihre meinung | pflichtfelder

        commentaires | commenter | réagir | répondre | aucun commentaire | pas de commentaire | laisser un commentaire
        signaler | laisser une réponse | ajouter un commentaire | annuler la réponse | voir les commentaires
        afficher les commentaires | lire les commentaires | tous les commentaires | les commentaires sont fermés
        soyez le premier à commenter | soyez le premier à réagir | connectez-vous pour commenter
        réagissez à cet article | publier un commentaire

        comentarios | comentar | responder | sin comentarios | no hay comentarios | dejar un comentario
        deja un comentario | deja una respuesta | deje un comentario | añadir comentario | agregar comentario
        cancelar la respuesta | cancelar respuesta | ver comentarios | ver los comentarios | mostrar comentarios
        denunciar | reportar | inicia sesión para comentar | inicie sesión para comentar | sé el primero en comentar
        los comentarios están cerrados | publicar comentario | escribe un comentario

        comentários | comentário | comentar | nenhum comentário | sem comentários | deixe um comentário
        deixe uma resposta | deixe o seu comentário | cancelar resposta | ver comentários | publicar comentário
        seja o primeiro a comentar

        commenti | commenta | rispondi | nessun commento | lascia un commento | annulla risposta | mostra commenti
        vedi tutti i commenti | i commenti sono chiusi | invia commento | segnala | pubblica un commento
        inserisci un commento

        reacties | reageer | reageren | beantwoorden | antwoorden | geef een reactie | plaats een reactie
        laat een reactie achter | reactie annuleren | geen reacties | reactie plaatsen | bekijk reacties | toon reacties

        komentarze | komentarz | odpowiedz | dodaj komentarz | brak komentarzy | anuluj pisanie odpowiedzi | zgłoś
        skomentuj | pokaż komentarze | wyślij komentarz | zostaw komentarz | napisz komentarz

        комментарии | комментарий | ответить | комментировать | добавить комментарий | оставить комментарий
        написать комментарий | отменить ответ | нет комментариев | комментариев нет | показать комментарии
        пожаловаться | войти или зарегистрироваться | коментарі | відповісти | залишити відповідь | залишити коментар
        додати коментар | скасувати відповідь

        yorumlar | yorum | yorum yap | yorum yaz | yorum ekle | yanıtla | cevapla | bir yanıt yazın | yanıtı iptal et
        bir cevap yazın | yorum gönder | henüz yorum yok | ilk yorumu sen yap

        コメント | コメントを残す | コメントする | コメントを書く | コメントをキャンセル | コメントを送信 | 返信
        返信する | コメントはありません | 评论 | 发表评论 | 发表回复 | 取消回复 | 回复 | 暂无评论 | 我要评论 | 举报
        評論 | 留言 | 發佈留言 | 發表留言 | 發表迴響 | 取消回覆 | 回覆 | 發表評論 | 댓글 | 댓글 남기기 | 답글 남기기
        답글 | 응답 취소 | 답글 취소 | 댓글 쓰기 | 댓글달기 | 댓글 달기 | 신고

        komentar | tinggalkan balasan | tinggalkan komentar | batalkan balasan | balas | kirim komentar | beri komentar
        bình luận | trả lời | để lại một bình luận | để lại bình luận | gửi bình luận | viết bình luận | التعليقات
        تعليق | اترك تعليقا | اترك تعليقاً | أضف تعليق | أضف تعليقا | إلغاء الرد | رد | الرد | टिप्पणियाँ | टिप्पणी करें
        उत्तर दें | जवाब दें | মন্তব্য | মন্তব্য করুন | উত্তর দিন

        kommentarer | lämna ett svar | lämna en kommentar | skriv en kommentar | avbryt svar | svara | svar
        legg igjen en kommentar | legg igjen et svar | skriv et svar | annuller svar | kommentér | kommenter | kommentit
        vastaa | peruuta vastaus | kommentoi | jätä kommentti | komentáře | napsat komentář | přidat komentář
        odpovědět | zrušit odpověď na komentář | comentarii | lasă un răspuns | lasă un comentariu | anulează răspunsul
        răspunde | hozzászólások | vélemény, hozzászólás? | válasz | válasz megszakítása | σχόλια | αφήστε μια απάντηση
        αφήστε ένα σχόλιο | ακύρωση απάντησης | απάντηση
        """
    )
    for each in line.split("|")
)

# Beginnings of lines, of at most LONGEST_NOTE characters.
LONGEST_NOTE = 260
STARTS = _lines(
    """
    your email address will not be
    your e-mail address will not be
    required fields are marked
    fields marked with an asterisk
    save my name, email
    notify me of new
    notify me of follow
    you must be logged in to
    you must log in to
    you must login to
    you need to be logged in to comment
    please log in to comment
    please login to comment
    please log in or register to
    please sign in to comment
    this site uses akismet
    learn how your comment data
    you can follow any responses to this entry
    you can leave a response, or trackback
    please read our comment policy
    please read our commenting policy
    deine e-mail-adresse wird nicht
    ihre e-mail-adresse wird nicht
    e-mail adresse wird nicht
    erforderliche felder sind
    pflichtfelder sind
    diese website verwendet akismet
    erfahre mehr darüber, wie deine kommentardaten
    meinen namen, e-mail
    meinen namen, meine e-mail
    benachrichtige mich über nachfolgende
    benachrichtigen sie mich über nachfolgende
    du musst angemeldet sein, um
    sie müssen angemeldet sein, um
    sie müssen sich anmelden, um
    um kommentieren zu können
    um einen kommentar zu
    nur angemeldete benutzer können kommentieren
    noch nicht angemeldet? hier registrieren
    hier klicken, um das antworten abzubrechen
    hier klicken, um die antwort abzubrechen
    schreibe einen kommentar
    schreiben sie einen kommentar
    hinterlasse einen kommentar
    hinterlasse jetzt einen kommentar
    votre adresse e-mail ne sera pas
    votre adresse de messagerie ne sera pas
    les champs obligatoires
    enregistrer mon nom, mon e-mail
    ce site utilise akismet
    vous devez être connecté pour
    vous devez vous connecter pour
    prévenez-moi de tous les nouveaux commentaires
    tu dirección de correo electrónico no será
    su dirección de correo electrónico no será
    los campos obligatorios
    los campos necesarios
    guarda mi nombre, correo
    este sitio usa akismet
    debes iniciar sesión para
    debe iniciar sesión para
    debes estar conectado para
    lo siento, debes estar conectado
    o seu endereço de e-mail não será
    o seu endereço de email não será
    campos obrigatórios
    salvar meus dados neste navegador
    guardar o meu nome, email
    você precisa fazer o login para
    você precisa estar logado para
    il tuo indirizzo email non sarà
    il tuo indirizzo e-mail non sarà
    i campi obbligatori
    salva il mio nome, email
    devi essere connesso per
    devi accedere per
    questo sito usa akismet
    je e-mailadres wordt niet
    het e-mailadres wordt niet
    uw e-mailadres wordt niet
    vereiste velden zijn
    mijn naam, e-mail en site
    je moet ingelogd zijn om
    je moet inloggen om
    twój adres e-mail nie zostanie
    twój adres email nie zostanie
    wymagane pola są
    musisz się zalogować, aby
    zaloguj się, aby
    ваш адрес email не будет
    ваш e-mail не будет
    обязательные поля помечены
    сохранить моё имя, email
    для отправки комментария вам необходимо
    чтобы оставить комментарий
    ваша e-mail адреса не
    e-posta adresiniz yayınlanmayacak
    e-posta hesabınız yayımlanmayacak
    gerekli alanlar
    yorum yapabilmek için
    メールアドレスが公開されることはありません
    次回のコメントで使用するため
    您的邮箱地址不会被公开
    您的电子邮箱地址不会被公开
    要发表评论，您必须先登录
    您必须登录才能
    發佈留言必須填寫的電子郵件地址不會公開
    您的電子郵件地址將不會被公開
    이메일 주소는 공개되지 않습니다
    이메일은 공개되지 않습니다
    댓글을 달기 위해서는 로그인
    alamat email anda tidak akan
    ruas yang wajib ditandai
    email của bạn sẽ không được
    các trường bắt buộc
    لن يتم نشر عنوان بريدك
    الحقول الإلزامية
    din e-postadress kommer inte
    din e-postadresse vil ikke
    din e-mailadresse vil ikke
    obligatoriska fält är
    obligatoriske felt er
    sähköpostiosoitettasi ei julkaista
    vaše e-mailová adresa nebude
    adresa ta de email nu va fi
    az e-mail címet nem tesszük közzé
    η ηλ. διεύθυνση σας δεν δημοσιεύεται
    """
)
