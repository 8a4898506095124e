/**
 * Domains whose mailboxes anybody can have: nobody can claim them for an organization [DOM-02]. Kept by registrable
 * domain, so their subdomains are covered too. Brands that run the same service under many endings are in
 * `publicMailBrands`; only names that no company could own under another ending belong there.
 */
export const publicMailBrands: ReadonlySet<string> = new Set([
  'gmail',
  'googlemail',
  'hotmail',
  'yahoo',
  'ymail',
  'rocketmail',
  'windowslive',
  'protonmail',
  'tutanota',
  'gmx',
]);

const lists = {
  microsoft: `outlook.com outlook.at outlook.be outlook.cl outlook.cz outlook.de outlook.dk outlook.es outlook.fr
    outlook.hu outlook.ie outlook.in outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.pt
    outlook.sa outlook.sg outlook.sk outlook.co.id outlook.co.il outlook.co.th outlook.com.ar outlook.com.au
    outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn live.com live.at live.be live.ca live.cl live.cn
    live.co.kr live.co.uk live.co.za live.com.ar live.com.au live.com.mx live.com.my live.com.ph live.com.pt
    live.com.sg live.de live.dk live.fi live.fr live.hk live.ie live.in live.it live.jp live.nl live.no live.ru
    live.se msn.com passport.com`,
  apple: 'icloud.com me.com mac.com',
  yahooAndAol: `aol.com aol.co.uk aol.de aol.fr aol.it aol.es aim.com netscape.net love.com games.com wow.com
    compuserve.com verizon.net att.net sbcglobal.net bellsouth.net ameritech.net pacbell.net swbell.net
    flash.net prodigy.net frontier.com frontiernet.net`,
  privacy: `proton.me pm.me tuta.com tuta.io tutamail.com keemail.me fastmail.com fastmail.fm fastmail.net
    hushmail.com hush.com mailbox.org posteo.de posteo.net posteo.at posteo.eu posteo.org startmail.com disroot.org
    riseup.net runbox.com countermail.com mailfence.com ctemplar.com cock.li hey.com duck.com simplelogin.com
    anonaddy.com mozmail.com skiff.com soverin.net kolabnow.com`,
  mailDotCom: `mail.com email.com usa.com myself.com consultant.com post.com europe.com asia.com iname.com
    writeme.com dr.com engineer.com cheerful.com accountant.com techie.com contractor.net linuxmail.org
    lawyer.com mailinator.com inbox.com zoho.com zohomail.com zohomail.eu zohomail.in gmx.de gmx.net lycos.com
    excite.com juno.com netzero.net netzero.com rediffmail.com rediff.com sify.com indiatimes.com`,
  germany: `web.de t-online.de freenet.de arcor.de mail.de email.de online.de vodafone.de o2online.de unitybox.de
    kabelmail.de ewe.net ewetel.net netcologne.de alice-dsl.net 1und1.de`,
  alpine: `bluewin.ch hispeed.ch sunrise.ch swissonline.ch aon.at chello.at a1.net inode.at drei.at utanet.at`,
  france: `orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr numericable.fr bbox.fr club-internet.fr
    aliceadsl.fr voila.fr caramail.com`,
  italyAndIberia: `libero.it virgilio.it alice.it tin.it tiscali.it inwind.it iol.it fastwebnet.it poste.it
    email.it tim.it terra.es telefonica.net ono.com wanadoo.es sapo.pt clix.pt netcabo.pt iol.pt`,
  britainAndIreland: `btinternet.com btopenworld.com bt.com talktalk.net tiscali.co.uk virginmedia.com virgin.net
    blueyonder.co.uk ntlworld.com sky.com plusnet.com plus.net o2.co.uk orange.net eircom.net tesco.net
    freeserve.co.uk fsmail.net`,
  lowCountriesAndNorth: `skynet.be telenet.be proximus.be scarlet.be ziggo.nl kpnmail.nl kpnplanet.nl planet.nl
    xs4all.nl home.nl casema.nl hetnet.nl chello.nl upcmail.nl online.nl telia.com telia.se bredband.net comhem.se
    spray.se passagen.se online.no getmail.no broadpark.no jubii.dk ofir.dk stofanet.dk tdcadsl.dk luukku.com
    kolumbus.fi elisanet.fi suomi24.fi saunalahti.fi pp.inet.fi`,
  centralAndEast: `wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu poczta.fm gazeta.pl tlen.pl vp.pl
    seznam.cz email.cz centrum.cz centrum.sk atlas.cz volny.cz post.cz azet.sk zoznam.sk pobox.sk freemail.hu
    citromail.hu indamail.hu t-online.hu vipmail.hu abv.bg mail.bg dir.bg gbg.bg yandex.com yandex.ru yandex.by
    yandex.kz yandex.ua ya.ru mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru lenta.ru autorambler.ru
    ro.ru myrambler.ru ukr.net i.ua meta.ua bigmir.net inbox.lv inbox.lt mail.ee hot.ee otenet.gr forthnet.gr
    mynet.com superonline.com ttmail.com`,
  asia: `qq.com foxmail.com vip.qq.com 163.com 126.com yeah.net 188.com netease.com sina.com sina.cn sohu.com
    tom.com 21cn.com 139.com 189.cn wo.cn aliyun.com naver.com hanmail.net daum.net nate.com kakao.com
    hanmir.com docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp nifty.com biglobe.ne.jp so-net.ne.jp ocn.ne.jp
    excite.co.jp infoseek.jp goo.jp pchome.com.tw hinet.net seed.net.tw singnet.com.sg starhub.net.sg
    pacific.net.sg netvigator.com walla.co.il walla.com netvision.net.il bezeqint.net 012.net.il vnn.vn`,
  americasAndPacific: `comcast.net xfinity.com cox.net charter.net spectrum.net optonline.net optimum.net
    earthlink.net mindspring.com windstream.net centurylink.net centurytel.net embarqmail.com q.com suddenlink.net
    roadrunner.com rr.com twc.com cableone.net mchsi.com wowway.com rcn.com tds.net hughes.net sympatico.ca
    rogers.com shaw.ca telus.net videotron.ca bell.net cogeco.ca eastlink.ca uol.com.br bol.com.br terra.com.br
    ig.com.br globo.com globomail.com r7.com oi.com.br zipmail.com.br prodigy.net.mx terra.com terra.cl
    fibertel.com.ar ciudad.com.ar arnet.com.ar speedy.com.ar adinet.com.uy bigpond.com bigpond.net.au
    optusnet.com.au iinet.net.au tpg.com.au internode.on.net ozemail.com.au westnet.com.au dodo.com.au xtra.co.nz
    slingshot.co.nz orcon.net.nz clear.net.nz mweb.co.za webmail.co.za telkomsa.net vodamail.co.za iafrica.com`,
  throwAway: `guerrillamail.com guerrillamail.net sharklasers.com 10minutemail.com 10minutemail.net temp-mail.org
    tempmail.com tempmail.net yopmail.com yopmail.fr yopmail.net trashmail.com trashmail.de trash-mail.com
    getnada.com dispostable.com maildrop.cc mailnesia.com mintemail.com throwawaymail.com moakt.com mailcatch.com
    spamgourmet.com fakeinbox.com emailondeck.com mohmal.com discard.email wegwerfmail.de wegwerfemail.de
    einrot.com burnermail.io`,
} as const;

/** Registrable domains (A-labels) of consumer and throw-away mailboxes. */
export const publicMailDomains: ReadonlySet<string> = new Set(
  Object.values(lists).flatMap((list) => list.split(/\s+/)),
);
