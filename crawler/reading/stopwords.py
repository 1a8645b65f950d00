"""The commonest short words of languages, by script: what tells a text's language. Data only, a pure module.

Words that neighbours do not share are worth most, so each list has the ones by which a reader tells the two apart: `av`
and `etter` for Norwegian, `af` and `efter` for Danish; `karena` for Indonesian, `kerana` for Malay.
"""

LATIN = {
    "en": "the of and to in is that for it was on with as he be at by this had not are but from or have an they which"
    " you were her she there been their has would will when who more no if out so said what up its about than into"
    " them can only his we",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er"
    " hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur"
    " bis mehr durch man sein wir",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ont aux"
    " son cette mais ou comme nous été elle leur sa ses fait être même aussi l d qu c n s y on deux je vous tout"
    " sans entre ces",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha sin sobre"
    " este ya entre cuando todo esta ser son también fue había era muy años hasta desde está mi porque qué donde"
    " han yo hay él",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua"
    " ou ser quando muito há nos já está também só pelo pela até isso ela entre era depois sem mesmo aos são você"
    " eu num nas",
    "it": "di e il la che in un a per è una sono del non con della si da le i al dei lo più come gli alla nel anche ha"
    " ma dal se delle ci questo nella essere dell dall alle l d o suo sua tra stato fatto quando molto degli ai"
    " sul cui dopo anni solo",
    "nl": "de van het een en in is dat op te zijn met voor die niet aan er om ook als dan maar bij nog naar uit door"
    " over ze wordt hij worden deze heeft wel wat geen zich hebben ik was tot je kan meer of we moet al zo werd"
    " haar hun onder tegen na",
    "sv": "och i att det som en på är av för med den till inte har de om ett han men var jag sig från vi så kan när år"
    " säger under också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla andra mycket"
    " mer blir hon man oss",
    "da": "og i at det er en til på af for med der den de som ikke har et om han var men jeg sig fra vi så kan hun være"
    " efter eller også nu over hvor blev ved når mod ud år siger skal kommer får mere deres havde noget meget hvad"
    " blevet uden mig",
    "no": "og i det er på en til som av for at med har ikke de den han et om var men jeg seg fra vi så kan hun være"
    " etter eller også nå over hvor ble ved når mot ut år sier skal kommer får mer deres hadde noe mye hva blitt"
    " uten meg ikkje eg ein frå ho dei noko kva berre vart meir eit",
    "is": "og að í á sem er ekki það við um til af en var með hann fyrir þetta þess eru ég hefur því úr frá eftir verið"
    " verður hún þeir þar þegar svo eða hafa sé þá upp voru þessi þeim mjög hér",
    "fo": "og at í á er sum til ikki við fyri av tað um hann vit hevur teir eru ein ið so var frá eftir kann hava skal"
    " eisini hon",
    "fi": "ja on ei että se oli hän mutta joka mukaan myös kun ovat ole niin voi kuin jos tai vain nyt sen mitä sekä"
    " olla jotka vuoden ollut tämä ennen jälkeen kanssa sitä olisi minä siitä hänen eivät muun sitten hyvin",
    "et": "ja on ei et see oma kui ta mis oli aga ka ning nii siis või seda ma kes mida veel ole eest juba pärast"
    " ainult tema oleks kuid selle nende kõik meie üle olnud jaoks sest saab peab mitte",
    "lv": "un ir ar par no uz ka bija tas arī kā lai vai pie ne tā jau kas bet pēc to nav viņš gan tiek ja līdz pa vēl"
    " tikai mēs būs šo viņa starp savu kad ko",
    "lt": "ir yra į kad iš su o tai kaip bet apie buvo jis už ne nuo ar dar tik jau pagal per kai dėl taip prie jų po"
    " jo ji mes bus turi šį kuris gali nėra prieš metų",
    "pl": "w i na z do się nie że to jest o po jak za od ale dla przez są był tak oraz przy tym tego jego co już czy"
    " przed który która które tylko jej może ich pod bardzo jednak także było jako aby nawet być więc gdy roku bez",
    "cs": "a v na se je že s z do o to i za by si ale jako po od které jsou pro jeho byl který tak už ve podle pod při"
    " bude také jen což být není když k až roce jak jejich před u však nebo jsem bylo ze aby co",
    "sk": "a v na sa je že s z do o to aj za by si ale ako po od ktoré sú pre jeho bol ktorý tak už vo podľa pod pri"
    " bude tiež len čo byť nie keď k až roku ich pred u však alebo som bolo zo aby ktorá bola",
    "sl": "in je v na se da za so ki z pa bi ne tudi po ni bil še kot ga o od ter če pri do iz že ali bo ima sem jih le"
    " tem leta vse bilo biti med zaradi lahko kaj samo pred več",
    "hr": "i u je na se za da su od s koji a o kao iz ne ili koje bi će što samo nije ali do po bilo sve više koja te"
    " biti ima jer sam nakon prema može gdje tko uz zbog još tijekom također bez pri godine dok njegov",
    "sr": "i u je na se za da su od sa koji a o kao iz ne ili koje bi će što šta samo nije ali do po bilo sve više koja"
    " biti ima jer sam nakon posle prema može gde ko uz zbog još tokom takođe bez pri godine dok uvek ovde",
    "bs": "i u je na se za da su od sa koji a o kao iz ne ili koje bi će što šta samo nije ali do po bilo sve više koja"
    " biti ima jer sam nakon prema može gdje ko uz zbog još tokom također bez pri godine dok uvijek ovdje",
    "hu": "a az és hogy nem is egy van ez meg csak de mint már volt azt el még ha ami szerint lesz ki vagy fel be után"
    " alatt azonban minden majd aki nagyon pedig sem lehet ezt volna akkor arra erre",
    "ro": "de în și a la cu pe nu o că din un se care mai pentru este sunt fost să ce dar sau al dintre după ca lui am"
    " fi prin acest această ale iar aceste acum până către fără va despre unui ei si sa ar",
    "sq": "të në e dhe për me një është se nga që i ka si më nuk do kjo ky por jo janë u duke tij kanë pas edhe mund"
    " saj këtë ishte ne ose prej gjatë deri tyre",
    "tr": "ve bir bu da de için ile çok olarak daha olan gibi ne o en ama sonra kadar her var ya ki mi diye değil dedi"
    " ise oldu göre şey zaman olduğu yeni iki ben veya tarafından",
    "az": "və bir bu da ilə üçün olan də ki o ən daha çox edib olub isə həmin onun belə hər görə kimi sonra qeyd var"
    " deyil ya amma olunur edilib bildirib",
    "uz": "va bu bilan uchun bir ham edi bo deb da o ga emas lekin yoki kerak qilish mumkin shu esa haqida ega har barcha",
    "tk": "we bu bilen bir üçin hem bolan ýa onuň diýip edip şol her ýurdumyzyň boýunça öz däl",
    "ku": "û li ji di ku bi de re ev bo ew hat jî kir ne her wê wî an yên dike xwe lê da",
    "id": "yang dan di dari untuk dengan ini pada tidak itu dalam akan ke juga oleh sebagai adalah karena bahwa telah"
    " ada bisa saat kata atau tersebut mereka sudah lebih kami saya seorang setelah para kepada menjadi hingga"
    " namun antara harus",
    "ms": "yang dan di dari untuk dengan ini pada tidak itu dalam akan ke juga oleh sebagai adalah kerana bahawa telah"
    " ada boleh ketika kata atau tersebut mereka sudah lebih kami saya seorang selepas para kepada menjadi ialah"
    " daripada beliau pelbagai antara perlu sahaja turut berkata",
    "tl": "ang ng sa na at mga ay si ni para hindi ito siya kung o may nang din pa lang ko ka niya mo kanyang ako sila"
    " naman kay isang ayon dahil bilang pero nila ating",
    "vi": "và của là có các trong cho được với một không những người này đã khi từ về đến cũng như để ra sẽ còn tại"
    " nhiều theo năm ở vào trên đó nhưng phải sau bị",
    "sw": "ya na wa kwa ni katika la za cha hii kuwa huo hiyo yake lakini au kama pia wake baada hilo hivyo watu"
    " alisema kutoka mtu ambayo kila sana bila hata bado",
    "zu": "ukuthi futhi kanye noma uma kodwa lapho ngoba nge yona kusho njengoba lokhu lo le leli labo bona ukuba"
    " kwakhe yakhe wathi uthe nje kakhulu kumele ngesikhathi emva manje zonke nokuthi yokuthi ngokuthi wonke"
    " umuntu unelungelo loku lokuba kuze ngenxa ngaphandle kule kuleli ukuze nangokuthi abantu izinto khona bonke"
    " sonke ngaphambi ngaphansi muntu phakathi kumbe wase thina",
    "xh": "ukuba kwaye okanye kodwa xa kunye ngokuba le lo loo nto kuba wonke ubani akukho into elungelo yakhe yonke"
    " nawuphi kufuneka",
    "st": "le ho ea e ba ka tsa mme hore o ya ke empa kapa ha se mong bohle tokelo motho hohle di",
    "af": "die van en in het is nie te vir met wat om dat op aan as sy ook by sal hy ons was hulle een na word deur"
    " maar so uit tot kan oor meer hierdie baie moet ná sê wees geen haar alle",
    "so": "iyo in ka ku oo ah ay uu si la waa waxaa ee ama soo u wax kale badan kasta dad isaga waxa ayaa",
    "ha": "da na a ta ya ba wa su cikin ne ce wani don kuma shi yi ko an kan sun daga za mai yana domin",
    "yo": "ti ni lati awọn ó ẹ fún tí ní àti sí ìwọn bí kò ẹni gbogbo wọn jẹ",
    "mg": "ny sy amin dia tsy izay ho an fa ka no ao misy na ary olona rehetra izany",
    "ht": "nan ki pou yo ak yon li se sa ap pa te tout moun la gen dwa kap",
    "ca": "de la i el que a en les els un per amb del una és no al es com més dels o ha són seva però seu va aquest"
    " aquesta també als ser han on sobre fins perquè molt l d entre quan pels qual",
    "gl": "de a o que e do da en un para con non unha os no se na por máis as dos como é ao pero foi seu súa unhas ou"
    " ser cando moi hai tamén ata pola polo nos entre sen onde esta este lle xa polos",
    "oc": "de la e lo que los un en per las una es amb del dins a al o dels son mai pas coma aquel aqueste tot dre",
    "eu": "eta da ez bat du dira izan zuen ere dute egin baino den dela edo ditu izango hau beste horrela behar bere"
    " arte zen duten egiten hori dago gero",
    "cy": "y yn a i o ar yr mae am ei wedi ac gan bod fel eu hyn fod at nid oedd neu bydd sydd hwn wrth gyda na cael ond",
    "ga": "an na a i ar go agus is le do sin ag níl ní bhí atá tá mar nó gur as chun raibh seo acu féin ina leis ach",
    "gd": "an a na agus air tha e gu le ann do nan nach bha ri aig airson mar is iad aca còir san gach",
    "br": "ar an ha da en ur eo e a zo gant evit pe o ez get dre oa hag met ket gwir den",
    "mt": "il li u ta ma fil dan għal biex jew mill minn din mal kull hu huwa hija għandu x dritt",
    "lb": "an de déi d vun dat ass fir eng op mat net et sech zu datt um och den ee si hat hunn iwwer no wéi awer oder",
    "fy": "de fan it en in is dat op te foar net mei om ek as der yn oan ha wy hy troch mar wurdt har by hawwe sy ien",
    "eo": "la de kaj en al estas ke por ne kiu ĝi kun li kiel sed pri oni ili el ĉiu aŭ per havas rajton",
    "la": "et in est non ad ut cum sed qui quod ex ac si aut quae atque per enim sunt esse eius nec hoc quam",
}
CYRILLIC = {
    "ru": "в и не на что с по он как из это к у за его от же для а но так о то мы бы все было еще уже при был до или"
    " если только который чтобы также были этого она они после может года более их во я вы",
    "uk": "в і не на що з по він як із це до у за його від же для а але так про та ми би все було ще вже при був або"
    " якщо тільки який щоб також були цього вона вони після може року більше їх й є я ви",
    "be": "ў і не на што з па ён як гэта да у за яго ад жа для а але так пра мы усё было яшчэ ўжо быў або калі толькі"
    " які каб таксама былі яна яны пасля можа года больш іх",
    "bg": "на и да в за се не са от че по с като го това които но или ще при който до само му след също има която още"
    " бъде ги беше й един няма може през към тя той",
    "mk": "на и да во за се не од со што по е ги го тоа кои но или ќе при кој до само му исто така има која уште биде"
    " беше една може кон таа тој дека сите",
    "sr": "и у је на се за да су од са који а о као из не или које би ће што шта само није али до по било све више која"
    " бити има јер сам након после према може где ко уз због још током такође",
    "kk": "және мен үшін бұл бір деп бар да де еді осы болып оның туралы ол емес бойынша керек деген қазақстан кейін"
    " жылы құқығы",
    "ky": "жана менен үчүн бул бир деп бар да болгон анын жөнүндө ал эмес боюнча керек деген кийин укук же болуп",
    "mn": "нь бол энэ байна юм ба гэж болон бөгөөд тэр хийх байгаа эрх хүн эсвэл байсан гэсэн дээр бүх",
    "tg": "ва дар ба аз ки барои ин бо аст он як буд шуд ҳар ё худ мешавад кард тавр ҳуқуқ",
    "tt": "һәм белән өчен бу бер дип бар булган аның ул түгел буенча кирәк хокук яки",
}
ARABIC = {
    "ar": "في من على إلى أن التي الذي عن مع هذا هذه كان بعد ما لا قد بين كل كما و أو لم حيث قال منذ خلال عام ذلك حول"
    " حتى قبل ان الى",
    "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز می شده شد ها های بود اما باید دارد کند",
    "ur": "کے کی میں ہے اور سے کا کو نے پر اس یہ کہ ہیں بھی کر ایک تھا نہیں گیا کیا تو ان جو لیے",
    "ps": "د په او چې کې له ته سره هم دی دا یو شي ده کوي نه څخه به لري",
    "ckb": "لە و بە بۆ کە ئەم لەگەڵ دەبێت بوو هەر ئەو نییە هەموو یان سەر",
    "ug": "ۋە بىلەن بۇ بىر ئۈچۈن ھەم ئۇ دەپ بولغان كېرەك ياكى",
    "sd": "۾ ۽ جي جو کي کان ته آهي هن سان جا تي",
}
HEBREW = {
    "he": "של את על לא זה עם הוא גם כי או היא אל יותר אבל רק היה כל אם אני יש אין",
    "yi": "און די צו פון אין איז דער מיט אז דאס פאר",
}
DEVANAGARI = {
    "hi": "के है में की और से का को पर ने कि यह हैं एक भी नहीं इस हो लिए कर था गया जो तो",
    "mr": "आहे आणि या व ते मध्ये की हे होते नाही त्या एक च्या असे करण्यात येथे तर आहेत झाले होता",
    "ne": "छ र को मा का ले गरेको हो पनि छन् लाई यो भएको गर्न तथा एक भन्ने थियो गर्ने नेपाल",
}
BENGALI = {
    "bn": "ও এই করে থেকে হয় এবং না একটি তার জন্য যে করা সঙ্গে হবে",
    "as": "আৰু এই কৰা পৰা হৈ হয় বা তেওঁ এজন",
}
ETHIOPIC = {
    "am": "ነው እና ላይ ወደ ጋር ውስጥ ይህ ያለው ማንኛውም አለው ሰው",
    "ti": "እዩ ኣብ ናይ እቲ ከም ካብ ዝኾነ ሰብ ወይ ድማ",
}
