"""What sites put around their texts, by language: lines, forms, datelines, credits, and forms that are filled in daily."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kit:
    """One language's furniture. `unit`: letters that count as a word where words are not spaced, else 0."""

    code: str
    unit: int
    lines: tuple[str, ...]
    tails: tuple[tuple[str, ...], ...]
    byline: str
    dateline: str
    credit: str
    suffixes: tuple[str, ...]
    cities: tuple[str, ...]
    agencies: tuple[str, ...]
    names: tuple[str, ...]
    months: tuple[str, ...]
    roundup: str
    quote: str
    series: tuple[tuple[str, ...], ...]  # reports of a daily series: headline, paragraphs; all digits differ daily


ENGLISH = Kit(
    "en", 0,
    (
        "Sign in to save this article and read it later on any of your devices.",
        "Get our lunchtime briefing: five stories in five minutes, every weekday.",
        "This page uses cookies so that we can measure how many people read our reports.",
        "We may earn a small commission when you buy through links on this page.",
        "Tap here to hear this story read aloud by an automated voice.",
        "You are reading one of your three complimentary stories for this month.",
        "Become a member from 2 a week and support reporting that holds power to account.",
        "Picture: library photograph. All images are protected by copyright.",
        "Do you know more about this? Write to our reporters in confidence at the address below.",
        "A version of this report appeared in print under a different heading.",
        "Recommended for you",
        "Trending now: the stories that everybody is talking about",
        "Opinions expressed by columnists are theirs alone and not those of the publisher.",
        "Our newsroom follows the code of practice of the press council and corrects its errors.",
        "Send this to a friend: e-mail, text message, copy the link",
        "No part of this material may be stored, broadcast or passed on without written consent.",
        "Turn on alerts for this topic and be the first to hear of anything new.",
        "The service is made possible by readers like you, by grants and by our sponsors.",
        "For the full schedule of our live broadcasts see the listings page.",
        "Scroll on for more stories after this message from an advertiser",
    ),
    (
        ("Join the conversation", "You must be signed in to comment. Please keep to our house rules."),
        ("Leave a comment", "Your address is never shown. Fields with a star are needed *"),
        ("More on this", "Go to the front page for the latest."),
    ),
    "From {name}", "{city}, {month} {day} ({agency}) - ", "(Reported by {name}, edited by {other})",
    (" - what happened", ", explained", ": the latest", " - reports"),
    ("OSLO", "MADRID", "JAKARTA", "LAGOS", "VIENNA", "SEOUL", "MONTREAL", "LIMA"),
    ("AP", "Reuters", "AFP", "dpa", "ANSA", "EFE"),
    ("Una Brandt", "Tom Ferrant", "Grace Adeyemi", "Ivo Marek", "Sunita Rao", "Leo Castell"),
    ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December"),
    "Morning digest", "“{}”",
    (
        ("Evening rates at Colby exchange, 14 March",
         "The krone closed at 104.35 against the crown on 14 March, after 103.80 the day before. The turnover was 2,315 million.",
         "Silver was fixed at 28.40 an ounce, copper at 9,412 a tonne and wheat at 561 a bushel. The index of leading shares "
         "ended the day at 7,204 points, a change of 41 points, with 312 shares up and 189 down."),
        ("Weather for Harrow county on 5 June",
         "Morning temperatures of 12 degrees rise to 23 by 15:00. Rain is expected with a chance of 35 per cent, and winds of "
         "18 kilometres an hour turn to gusts of 42 along the shore. The sun rises at 5:04 and sets at 21:17.",
         "The lowest temperature of the night was 8 degrees at Windle, the highest of the day before 25 degrees at Marsh End."),
    ),
)  # fmt: skip

GERMAN = Kit(
    "de", 0,
    (
        "Jetzt anmelden und diesen Artikel auf Ihrer Merkliste speichern.",
        "Abonnieren Sie unseren Newsletter und erhalten Sie die wichtigsten Nachrichten des Tages.",
        "Diese Seite verwendet Cookies, um Inhalte und Anzeigen zu personalisieren.",
        "Mehr zum Thema finden Sie in unserem großen Überblick.",
        "Hier können Sie sich den Artikel vorlesen lassen.",
        "Sie haben in diesem Monat noch zwei kostenlose Artikel.",
        "Unterstützen Sie unabhängigen Journalismus schon ab einem Euro in der Woche.",
        "Foto: Archiv. Alle Bildrechte liegen bei der Agentur.",
        "Haben Sie Hinweise zu diesem Thema? Schreiben Sie unserer Redaktion.",
        "Dieser Text ist zuerst in der gedruckten Ausgabe erschienen.",
        "Das könnte Sie auch interessieren",
        "Folgen Sie uns auf Facebook, Instagram und in unserem WhatsApp-Kanal.",
        "Gastbeiträge geben die Meinung der Autoren wieder, nicht die der Redaktion.",
        "Artikel teilen: E-Mail, Drucken, Link kopieren",
        "Die Vervielfältigung dieses Beitrags ist ohne Genehmigung des Verlags nicht gestattet.",
    ),
    (
        ("Kommentare", "Bitte melden Sie sich an, um zu kommentieren. Es gelten unsere Regeln."),
        ("Schreiben Sie einen Kommentar", "Ihre E-Mail-Adresse wird nicht veröffentlicht. Pflichtfelder sind markiert *"),
    ),
    "Von {name}", "{city}, {day}. {month} ({agency}) - ", "(Bericht von {name}, Redaktion {other})",
    (" - was bekannt ist", ": das ist der Stand", " - ein Überblick"),
    ("Berlin", "Wien", "Zürich", "Hamburg", "Brüssel"), ("dpa", "AFP", "epd", "APA", "Reuters"),
    ("Jana Holm", "Peter Weiland", "Sabine Krug", "Emre Aydin"),
    ("Januar", "Februar", "April", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "Nachrichten in Kürze", "„{}“",
    (
        ("Wetter im Landkreis Altenried am 5. Juni",
         "Am Morgen liegen die Werte bei 12 Grad, am Nachmittag steigen sie auf 23 Grad. Die Wahrscheinlichkeit von Regen "
         "beträgt 35 Prozent, der Wind weht mit 18 Kilometern in der Stunde, in Böen mit bis zu 42. Die Sonne geht um 5.04 "
         "Uhr auf und um 21.17 Uhr unter. Die tiefste Temperatur der Nacht wurde mit 8 Grad in Bergholz gemessen."),
        ("Ziehung der Zahlen vom 14. Oktober",
         "Bei der Ziehung vom 14. Oktober wurden die Zahlen 3, 17, 22, 28, 41 und 46 gezogen. Die Zusatzzahl lautet 9. Im "
         "Jackpot lagen 12 Millionen Euro, 5 Spieler hatten sechs Richtige und erhalten je 741.305 Euro. Es wurden "
         "23.118.402 Tipps abgegeben. Alle Angaben sind ohne Gewähr."),
    ),
)  # fmt: skip

RUSSIAN = Kit(
    "ru", 0,
    (
        "Войдите, чтобы сохранить эту статью и прочитать её позже.",
        "Подпишитесь на нашу рассылку и получайте главные новости каждое утро.",
        "Сайт использует файлы cookie, чтобы сделать его удобнее для читателей.",
        "Читайте также: другие материалы по этой теме.",
        "Эту статью можно послушать в записи.",
        "В этом месяце вам доступны ещё две бесплатные статьи.",
        "Поддержите независимую журналистику: оформите ежемесячное пожертвование.",
        "Фото: архив агентства. Все права защищены.",
        "Если вам известно больше об этой истории, напишите в редакцию.",
        "Подписывайтесь на наш канал, чтобы ничего не пропустить.",
        "Мнение автора может не совпадать с позицией редакции.",
        "Поделиться: почта, печать, скопировать ссылку",
        "Перепечатка материалов возможна только с письменного разрешения издателя.",
    ),
    (
        ("Комментарии", "Чтобы оставить комментарий, войдите или зарегистрируйтесь."),
        ("Оставить отзыв", "Ваш адрес электронной почты не будет опубликован. Обязательные поля отмечены *"),
    ),
    "Автор: {name}", "{city}, {day} {month} ({agency}) — ", "(Текст: {name}; редактор: {other})",
    (" — что известно", ": главное", " — обзор"),
    ("Москва", "Рига", "Астана", "Ереван", "Минск"), ("ТАСС", "Интерфакс", "АФП", "Рейтер"),
    ("Анна Белова", "Игорь Саблин", "Олег Терентьев", "Вера Холодова"),
    ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"),
    "Коротко о главном", "«{}»",
    (
        ("Погода в Зареченском районе на 5 июня",
         "Утром воздух прогреется до 12 градусов, днём температура поднимется до 23 градусов. Вероятность дождя составит 35 "
         "процентов, ветер северный, 18 километров в час, порывы до 42. Солнце взойдёт в 5:04 и зайдёт в 21:17. Самая низкая "
         "температура ночи, 8 градусов, отмечена в посёлке Сосновка."),
        ("Официальные курсы валют на 14 марта",
         "Курс доллара на 14 марта установлен на уровне 91 рубль 35 копеек, курс евро составил 99 рублей 12 копеек. Объём "
         "торгов достиг 2315 миллионов. Индекс закрылся на отметке 3204 пункта, изменение составило 41 пункт, выросли бумаги "
         "312 компаний, снизились 189."),
    ),
)  # fmt: skip

ARABIC = Kit(
    "ar", 0,
    (
        "سجل الدخول لحفظ هذا المقال وقراءته في وقت لاحق.",
        "اشترك في نشرتنا البريدية لتصلك أهم الأخبار كل صباح.",
        "يستخدم هذا الموقع ملفات تعريف الارتباط لتحسين تجربة القراء.",
        "اقرأ أيضا: مواضيع أخرى حول هذه القضية.",
        "يمكنك الاستماع إلى هذا المقال بصوت آلي.",
        "بقي لك مقالان مجانيان خلال هذا الشهر.",
        "ادعم الصحافة المستقلة بمساهمة شهرية صغيرة.",
        "الصورة: من الأرشيف. جميع الحقوق محفوظة للوكالة.",
        "هل لديك معلومات عن هذا الموضوع؟ راسل فريق التحرير.",
        "تابعنا على فيسبوك وتويتر وإنستغرام وتلغرام.",
        "الآراء المنشورة تعبر عن أصحابها ولا تعكس بالضرورة موقف الصحيفة.",
        "شارك المقال: البريد الإلكتروني، الطباعة، نسخ الرابط",
        "لا يجوز نسخ هذه المادة أو إعادة نشرها دون إذن كتابي من الناشر.",
    ),
    (
        ("التعليقات", "الرجاء تسجيل الدخول لإضافة تعليق. تخضع التعليقات للمراجعة."),
        ("اترك تعليقا", "لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها *"),
    ),
    "بقلم {name}", "{city}، {day} {month} ({agency}) - ", "(إعداد {name}، تحرير {other})",
    (" - التفاصيل الكاملة", ": آخر المستجدات", " - تقرير"),
    ("القاهرة", "بيروت", "عمان", "الرباط", "تونس"), ("رويترز", "فرانس برس", "الأناضول", "بترا"),
    ("ليلى حداد", "سامي منصور", "نور الخطيب", "كريم زيدان"),
    ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
    "أخبار موجزة", "«{}»",
    (
        ("حالة الطقس في محافظة الواحة يوم 5 يونيو",
         "تبلغ درجة الحرارة صباحا 12 درجة وترتفع بعد الظهر إلى 23 درجة. وتصل احتمالات سقوط الأمطار إلى 35 في المئة، وتهب رياح "
         "شمالية بسرعة 18 كيلومترا في الساعة مع هبات تصل إلى 42. وتشرق الشمس الساعة 5:04 وتغرب الساعة 21:17. وسجلت أدنى درجة "
         "حرارة خلال الليل وهي 8 درجات في بلدة النخيل."),
        ("أسعار الصرف ليوم 14 مارس",
         "سجل سعر الدولار يوم 14 مارس 3.67 فيما بلغ سعر اليورو 4.02 وسعر الجنيه 4.71. وبلغ حجم التداول 2315 مليونا، وأغلق "
         "المؤشر العام عند 7204 نقاط بتغير قدره 41 نقطة، وارتفعت أسهم 312 شركة وتراجعت أسهم 189 شركة، وبلغ سعر غرام الذهب 241."),
    ),
)  # fmt: skip

HINDI = Kit(
    "hi", 0,
    (
        "इस लेख को सहेजने और बाद में पढ़ने के लिए लॉग इन करें।",
        "हमारे न्यूज़लेटर की सदस्यता लें और हर सुबह मुख्य समाचार पाएँ।",
        "यह वेबसाइट पाठकों की सुविधा के लिए कुकीज़ का उपयोग करती है।",
        "यह भी पढ़ें: इस विषय पर हमारी अन्य ख़बरें।",
        "आप इस लेख को ऑडियो में भी सुन सकते हैं।",
        "इस महीने आपके पास दो निःशुल्क लेख शेष हैं।",
        "स्वतंत्र पत्रकारिता का समर्थन करें, छोटा सा मासिक योगदान दें।",
        "तस्वीर: फ़ाइल फ़ोटो। सर्वाधिकार सुरक्षित।",
        "क्या आपके पास इस ख़बर से जुड़ी जानकारी है? हमारे संपादकों को लिखें।",
        "ताज़ा ख़बरों के लिए हमारे व्हाट्सऐप चैनल से जुड़ें।",
        "लेख में व्यक्त विचार लेखक के अपने हैं, समाचार पत्र के नहीं।",
        "लेख साझा करें: ईमेल, प्रिंट, लिंक कॉपी करें",
        "प्रकाशक की लिखित अनुमति के बिना इस सामग्री का पुनः प्रकाशन वर्जित है।",
    ),
    (
        ("टिप्पणियाँ", "टिप्पणी करने के लिए कृपया लॉग इन करें। टिप्पणियों की समीक्षा की जाती है।"),
        ("अपनी प्रतिक्रिया दें", "आपका ईमेल पता प्रकाशित नहीं किया जाएगा। आवश्यक फ़ील्ड चिह्नित हैं *"),
    ),
    "लेखक: {name}", "{city}, {day} {month} ({agency}) - ", "(रिपोर्ट {name}, संपादन {other})",
    (" - पूरी जानकारी", ": ताज़ा अपडेट", " - रिपोर्ट"),
    ("नई दिल्ली", "मुंबई", "लखनऊ", "पटना", "भोपाल"), ("भाषा", "वार्ता", "रॉयटर्स", "एएफपी"),
    ("अनिता वर्मा", "राकेश मिश्रा", "सुनील यादव", "पूजा शर्मा"),
    ("जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
    "संक्षिप्त समाचार", "“{}”",
    (
        ("रामगढ़ ज़िले का मौसम, 5 जून",
         "सुबह का तापमान 12 डिग्री रहेगा और दोपहर तक 23 डिग्री तक पहुँच जाएगा। बारिश की संभावना 35 प्रतिशत है और हवा 18 किलोमीटर "
         "प्रति घंटे की रफ़्तार से चलेगी, जिसके झोंके 42 तक जा सकते हैं। सूर्योदय 5:04 बजे और सूर्यास्त 21:17 बजे होगा। रात का सबसे कम "
         "तापमान 8 डिग्री बेलापुर में दर्ज किया गया।"),
        ("मंडी के भाव, 14 मार्च",
         "मंडी में 14 मार्च को गेहूँ का भाव 2315 रुपये प्रति क्विंटल रहा, चना 5140 रुपये और सरसों 6205 रुपये में बिकी। कुल आवक 412 टन "
         "रही, जो एक दिन पहले 389 टन थी। सोना 62150 रुपये प्रति दस ग्राम और चाँदी 74300 रुपये प्रति किलो पर बंद हुई। सूचकांक 41 अंक "
         "बदलकर 72044 पर बंद हुआ।"),
    ),
)  # fmt: skip

CHINESE = Kit(
    "zh", 2,
    (
        "登录后即可收藏本文，方便以后阅读。",
        "订阅本站新闻邮件，每天早晨收到当日要闻。",
        "本网站使用浏览器缓存以改善您的阅读体验。",
        "相关阅读：更多关于这一话题的报道。",
        "点击这里收听本文的语音版本。",
        "您本月还可以免费阅读两篇文章。",
        "支持独立新闻，欢迎成为本站会员。",
        "图片来源：资料图片，版权归通讯社所有。",
        "如果您有新闻线索，请与本报编辑部联系。",
        "关注我们的微信公众号和微博，获取最新消息。",
        "文章仅代表作者个人观点，不代表本站立场。",
        "分享到：电子邮件、打印、复制链接",
        "未经出版者书面许可，任何单位和个人不得转载本文内容。",
    ),
    (("发表评论", "请登录后再发表评论，评论须经审核后方可显示。"), ("读者留言", "您的电子邮箱地址不会被公开，必填项已标注星号。")),
    "记者{name}", "{agency}{city}{month}{day}日电　", "（记者{name}，编辑{other}）",
    ("：最新进展", "引发关注", "，详情公布"),
    ("北京", "上海", "广州", "台北", "香港"), ("新华社", "中新社", "中央社", "法新社"),
    ("王建国", "李晓梅", "陈志强", "赵雨晴"),
    ("1月", "2月", "3月", "4月", "6月", "7月", "8月", "9月", "10月", "11月"),
    "新闻简报", "“{}”",
    (
        ("青河县6月5日天气预报",
         "今天早晨气温12度，午后升至23度，降水概率为百分之35，北风每小时18公里，阵风可达42公里。日出时间为5时04分，日落时间为21时17分。"
         "昨夜最低气温8度，出现在柳树镇，前一天最高气温25度，出现在东湖乡。"),
        ("3月14日人民币汇率中间价",
         "3月14日银行间外汇市场人民币汇率中间价为1美元对人民币7.0935元，1欧元对人民币7.7612元，100日元对人民币4.8127元。当日成交额为2315亿元，"
         "综合指数收于3204点，变动41点，上涨股票312只，下跌股票189只。"),
    ),
)  # fmt: skip

JAPANESE = Kit(
    "ja", 2,
    (
        "ログインすると、この記事を保存してあとで読むことができます。",
        "毎朝のニュースレターに登録して主要ニュースをお受け取りください。",
        "当サイトでは利便性向上のためクッキーを使用しています。",
        "関連記事：この話題についての他の記事はこちら。",
        "この記事を音声で聞くことができます。",
        "今月はあと二本の記事を無料でお読みいただけます。",
        "独立した報道を支えるため会員登録をお願いします。",
        "写真は資料写真です。無断転載を禁じます。",
        "情報をお持ちの方は編集部までお寄せください。",
        "公式アカウントをフォローして最新情報をご確認ください。",
        "記事の内容は筆者個人の見解であり、当社の見解ではありません。",
        "この記事を共有する：メール、印刷、リンクをコピー",
        "当サイトに掲載の記事、写真等の無断転載、複製を固く禁じます。",
    ),
    (("コメント", "コメントを投稿するにはログインしてください。投稿は確認後に表示されます。"), ("コメントを残す", "メールアドレスが公開されることはありません。必須項目には印が付いています。")),
    "{name}記者", "【{city}{month}{day}日{agency}】", "（取材・{name}、編集・{other}）",
    ("、その背景", "　最新情報", "、詳細判明"),
    ("東京", "大阪", "札幌", "福岡", "名古屋"), ("共同", "時事", "ロイター", "ＡＦＰ"),
    ("佐藤健一", "鈴木美咲", "高橋直樹", "伊藤さくら"),
    ("1月", "2月", "3月", "4月", "6月", "7月", "8月", "9月", "10月", "11月"),
    "ニュース短信", "「{}」",
    (
        ("青川町の6月5日の天気",
         "朝の気温は12度で、午後には23度まで上がる見込みです。降水確率は35パーセント、北の風が毎時18キロ、瞬間的には42キロに達するでしょう。"
         "日の出は5時04分、日の入りは21時17分です。昨夜の最低気温は8度で、柳村で観測されました。"),
        ("3月14日の東京市場",
         "3月14日の東京外国為替市場で円相場は1ドル149円35銭、1ユーロ162円80銭で取引を終えた。売買代金は2315億円、平均株価の終値は38204円で、"
         "前日と比べた変動は41円だった。値上がりした銘柄は312、値下がりした銘柄は189だった。"),
    ),
)  # fmt: skip

THAI = Kit(
    "th", 4,
    (
        "เข้าสู่ระบบเพื่อบันทึกบทความนี้ไว้อ่านภายหลัง",
        "สมัครรับจดหมายข่าวของเราเพื่อรับข่าวสำคัญทุกเช้า",
        "เว็บไซต์นี้ใช้คุกกี้เพื่อพัฒนาประสบการณ์ของผู้อ่าน",
        "อ่านเพิ่มเติม ข่าวอื่นที่เกี่ยวข้องกับเรื่องนี้",
        "ฟังบทความนี้ด้วยเสียงอ่านอัตโนมัติได้ที่นี่",
        "เดือนนี้คุณยังอ่านบทความฟรีได้อีกสองเรื่อง",
        "ร่วมสนับสนุนสื่ออิสระด้วยการสมัครสมาชิกรายเดือน",
        "ภาพจากแฟ้มข่าว สงวนลิขสิทธิ์ทุกประการ",
        "หากคุณมีข้อมูลเพิ่มเติม โปรดติดต่อกองบรรณาธิการ",
        "ติดตามเราได้ทางเฟซบุ๊ก ทวิตเตอร์ และไลน์",
        "ความคิดเห็นในบทความเป็นของผู้เขียน ไม่ใช่ของหนังสือพิมพ์",
        "แบ่งปันบทความ อีเมล พิมพ์ คัดลอกลิงก์",
        "ห้ามเผยแพร่หรือทำซ้ำเนื้อหานี้โดยไม่ได้รับอนุญาตเป็นลายลักษณ์อักษร",
    ),
    (("ความคิดเห็น", "กรุณาเข้าสู่ระบบเพื่อแสดงความคิดเห็น ข้อความจะปรากฏหลังการตรวจสอบ"), ("แสดงความคิดเห็น", "อีเมลของคุณจะไม่ถูกเผยแพร่ ช่องที่จำเป็นมีเครื่องหมายกำกับ")),
    "โดย {name}", "{city} {day} {month} ({agency}) - ", "(รายงานโดย {name} เรียบเรียงโดย {other})",
    (" รายละเอียดล่าสุด", " สรุปเหตุการณ์", " มีอะไรบ้าง"),
    ("กรุงเทพฯ", "เชียงใหม่", "ขอนแก่น", "ภูเก็ต", "สงขลา"), ("รอยเตอร์", "เอเอฟพี", "ไทยนิวส์", "เอพี"),
    ("สมชาย ใจดี", "วิภา ศรีสุข", "อนันต์ ทองคำ", "มาลี แก้วใส"),
    ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม"),
    "ข่าวสั้น", "“{}”",
    (
        ("พยากรณ์อากาศอำเภอบ้านนา วันที่ 5 มิถุนายน",
         "อุณหภูมิตอนเช้าอยู่ที่ 22 องศา และจะสูงขึ้นเป็น 33 องศาในช่วงบ่าย โอกาสเกิดฝนร้อยละ 35 ลมเหนือความเร็ว 18 กิโลเมตรต่อชั่วโมง ลมกระโชกแรงถึง 42 "
         "กิโลเมตร ดวงอาทิตย์ขึ้นเวลา 5.54 น. และตกเวลา 18.47 น. อุณหภูมิต่ำสุดเมื่อคืนวัดได้ 21 องศาที่ตำบลหนองไผ่"),
        ("ภาวะตลาดวันที่ 14 มีนาคม",
         "ค่าเงินบาทวันที่ 14 มีนาคมปิดที่ 35.42 บาทต่อดอลลาร์ และ 38.91 บาทต่อยูโร ดัชนีปิดที่ 1,384.20 จุด เปลี่ยนแปลง 4.15 จุด มูลค่าการซื้อขาย 41,315 ล้านบาท "
         "หลักทรัพย์เพิ่มขึ้น 312 ตัว ลดลง 189 ตัว ทองคำแท่งขายออกบาทละ 35,850 บาท"),
    ),
)  # fmt: skip

KITS = {kit.code: kit for kit in (ENGLISH, GERMAN, RUSSIAN, ARABIC, HINDI, CHINESE, JAPANESE, THAI)}
