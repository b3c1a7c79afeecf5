"""Is the vocabulary of column names: what tables of users call things, by language and vendor.

A name is compared without case, accents, blanks and punctuation (see headers.py), so `E-Mail`,
`e_mail` and `EMAIL` are one entry.  To teach `init` a word, add it to a line here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """What a column is about.

    key: a word for the meaning.
    attribute: MoEngage's standard attribute for it; "" if there is none.
    personal: what it tells of a person; "" if nothing that needs care.
    rank: which of several columns with one attribute comes first (the lowest).
    """

    key: str
    attribute: str = ""
    personal: str = ""
    rank: int = 0


MEANINGS = {
    meaning.key: meaning
    for meaning in (
        Meaning("customer id", "", "an id"),
        Meaning("record id", "", "an id"),
        Meaning("first name", "first_name", "a name"),
        Meaning("last name", "last_name", "a name"),
        Meaning("name", "name", "a name"),
        Meaning("display name", "name", "a name", 1),
        Meaning("email", "email", "an e-mail address"),
        Meaning("other email", "", "an e-mail address"),
        Meaning("mobile", "mobile", "a phone number"),
        Meaning("phone", "mobile", "a phone number", 1),
        Meaning("other phone", "", "a phone number"),
        Meaning("gender", "gender", "a gender"),
        Meaning("age", "age", "an age"),
        Meaning("birthday", "u_bd", "a birthday"),
        Meaning("created", "created_time"),
        Meaning("last seen", "last_seen"),
        Meaning("latitude", "", "a place"),
        Meaning("longitude", "", "a place"),
        Meaning("place", "moe_geo_location", "a place"),
        Meaning("transactions", "transactions"),
        Meaning("revenue", "revenue"),
        Meaning("email opt out", "moe_unsubscribe"),
        Meaning("email opt in", "moe_unsubscribe", "", 1),
        Meaning("bounced", "moe_hard_bounce"),
        Meaning("android", "ANDROID"),
        Meaning("ios", "iOS"),
        Meaning("web", "web"),
        Meaning("country"),
        Meaning("currency"),
        Meaning("time zone"),
        Meaning("street", "", "a part of an address"),
        Meaning("postcode", "", "a part of an address"),
        Meaning("ip address", "", "an IP address"),
        Meaning("tags"),
        Meaning("company"),
        Meaning("login", "", "an account's name"),
        Meaning("card", "", "a payment card's number"),
        Meaning("secret", "", "a password or a key"),
        Meaning("government id", "", "an official number of a person"),
        Meaning("bank account", "", "a bank account's number"),
    )
}

NEVER_SENT = {
    "card": "numbers of payment cards belong in no marketing tool",
    "secret": "passwords and keys belong in no marketing tool",
    "government id": "official numbers of persons belong in no marketing tool",
    "bank account": "numbers of bank accounts belong in no marketing tool",
}
"""Meanings that are proposed as comments only, with the reason."""

# One entry per meaning; commas part the names, a line is a language or a vendor.
_WORDS = {
    "customer id": """
        customer id, customer number, customer no, customer key, customer uid, cust id, custid,
        cust no, user id, uid, user key, user number, client id, client number, member id,
        member number, membership number, contact id, lead id, crm id, person id, profile id,
        subscriber id, subscriber key, visitor id, buyer id, shopper id, unique id, external id,
        external user id, external customer id, moengage id, distinct id, patient id, guest id
        kundennummer, kundennr, kunden nr, kunden id, kdnr, kd nr, mitgliedsnummer, benutzer id
        numero client, no client, id client, code client, identifiant client, identifiant
        numero de cliente, id cliente, cliente id, codigo cliente, codigo de cliente, id usuario
        codigo do cliente, numero do cliente, id do cliente, id do usuario, matricula
        codice cliente, numero cliente, id utente, klantnummer, klant id, numer klienta
        id pelanggan, nomor pelanggan, id pengguna, id anggota, grahak id, grahak sankhya
        kundnummer, musteri no, musteri id
        """,
    "record id": "id, uuid, guid, record id, identifier, key, code, pk, row id, oid, id18, 18 digit id",
    "first name": """
        first name, firstname, fname, f name, given name, givenname, forename, first, christian name
        vorname, rufname, prenom, nombre, nombre de pila, primer nombre, nombres
        nome proprio, primeiro nome, nome de batismo, primo nome
        nama depan, pehla naam, pratham naam, pehla nam, voornaam, imie, fornamn, fornavn, etunimi, ad
        """,
    "last name": """
        last name, lastname, lname, l name, surname, family name, familyname, last
        nachname, familienname, zuname, nom de famille, nom famille
        apellido, apellidos, primer apellido, sobrenome, apelido, ultimo nome, cognome
        nama belakang, nama keluarga, upnaam, kulnaam, antim naam, antim nam, achternaam, nazwisko
        efternamn, etternavn, efternavn, sukunimi, soyad, soyadi
        """,
    "name": """
        name, full name, fullname, complete name, contact name, customer name, person name
        vollstandiger name, vor und nachname, nom complet, nom et prenom, nom prenom
        nombre completo, nombre y apellido, nombre y apellidos, nome completo, nome e cognome
        nama, nama lengkap, naam, pura naam, poora naam, volledige naam, imie i nazwisko, ad soyad
        """,
    "display name": "display name, displayname, file as, account holder, anzeigename",
    "email": """
        email, e mail, email address, e mail address, mail, mail address, email id, emailid
        primary email, contact email, customer email, user email, email 1, e mail 1
        email addr, person email, personemail, main email
        e mail adresse, emailadresse, mailadresse, adresse e mail, adresse email, adresse mail
        courriel, adresse electronique, adresse courriel
        correo, correo electronico, direccion de correo, direccion de correo electronico
        endereco de email, correio eletronico, correio electronico, e mail principal
        indirizzo email, indirizzo e mail, posta elettronica
        surel, alamat email, alamat surel, e mel, email pata, mail id, e mailadres, adres email
        e mail 1 value, e mail 1 address, email 1 value
        """,
    "other email": """
        email 2, e mail 2, email 3, e mail 3, secondary email, second email, other email, work email
        alternate email, alternative email, business email, private email, personal email
        e mail 2 value, e mail 3 value, e mail 2 address, e mail 3 address, billing email
        """,
    "mobile": """
        mobile, mobile number, mobile no, mobile phone, mobilephone, mobile phone number, cell, cellphone
        cell phone, cell number, cellular, msisdn, person mobile phone, mobile tel, gsm, whatsapp
        whatsapp number, whatsapp phone number, sms phone number, sms phone, sms number
        handy, handynummer, mobil, mobiltelefon, mobilnummer, mobilfunk, mobilfunknummer
        portable, telephone portable, tel portable, telephone mobile, numero de portable, mobile tel
        movil, telefono movil, celular, telefono celular, numero de celular, numero de movil
        telemovel, numero de telemovel, telefone celular
        cellulare, telefono cellulare, numero di cellulare
        no hp, nomor hp, hp, nomor ponsel, ponsel, handphone, nomor handphone, no handphone, no wa
        nomor wa, mobile sankhya, mobile nambar, telefon komorkowy, komorka, mobiele telefoon
        mobiel, cep telefonu
        """,
    "phone": """
        phone, phone number, phone no, telephone, telephone number, tel, tel no, contact number
        contact no, contact phone, primary phone, phone 1, phone 1 value, default phone, daytime phone
        person phone, default address phone, main phone
        telefon, telefonnummer, rufnummer, tel nr, telefon nr, festnetz
        telephone fixe, numero de telephone, no de telephone
        telefono, numero de telefono, telefono fijo, telefone, numero de telefone
        numero di telefono, recapito telefonico
        telepon, nomor telepon, no telepon, no telp, nomor kontak, phone nambar, durbhash, telefoon
        telefoonnummer, numer telefonu, telefonnr
        """,
    "other phone": """
        phone 2, phone 3, phone 2 value, phone 3 value, home phone, home phone 2, work phone
        business phone, business phone 2, other phone, assistant phone, asst phone, company main phone
        company phone, car phone, primary phone 2, fax, fax number, business fax, home fax, other fax
        telefax, faxnummer, telecopie, pager, billing phone, shipping phone
        """,
    "gender": """
        gender, sex, gender identity, geschlecht, anrede geschlecht, genre, sexe, genero, sexo, sesso
        genere, jenis kelamin, kelamin, ling, geslacht, plec, kon, cinsiyet
        """,
    "age": "age, alter, edad, idade, eta, umur, usia, umr, ayu, leeftijd, wiek, alder",
    "birthday": """
        birthday, birth date, birthdate, date of birth, dob, d o b, born, born on, birth day
        person birthdate, bday, geburtsdatum, geburtstag, geb datum, geboren, geboren am
        date de naissance, naissance, anniversaire, ne le
        fecha de nacimiento, fecha nacimiento, nacimiento, cumpleanos
        data de nascimento, data nascimento, nascimento, aniversario
        data di nascita, data nascita, nascita, compleanno
        tanggal lahir, tgl lahir, janm tithi, janmdin, janam tithi, janmtithi
        geboortedatum, data urodzenia, fodelsedatum, dogum tarihi
        """,
    "created": """
        created, created at, created on, created date, createddate, create date, creation date
        created time, date created, date added, added at, added on, first seen, signed up, signed up at
        signup date, sign up date, signup time, registered, registered at, registered on, registration
        registration date, registration time, registration dttm, register date, date registered
        date joined, join date, joined, joined at, joined on, member since, customer since, user since
        optin time, confirm time, account created, created dttm, created ts, createdat, start date
        erstellt, erstellt am, angelegt, angelegt am, registriert am, anlagedatum
        registrierungsdatum, kunde seit, mitglied seit, eintrittsdatum
        date de creation, cree le, date d inscription, inscrit le, client depuis
        fecha de creacion, creado el, fecha de alta, fecha de registro, fecha alta, fecha registro
        data de criacao, criado em, data de cadastro, data cadastro, data de registo, cliente desde
        data di creazione, creato il, data di registrazione, data registrazione, data iscrizione
        tanggal daftar, tanggal registrasi, dibuat pada, tanggal bergabung, panjikaran tithi
        """,
    "last seen": """
        last seen, last seen at, last active, last active at, last activity, last activity date
        last login, last login at, last login date, last visit, last visited, last visit at, lastlogin
        last sign in at, last session, zuletzt gesehen, letzter login, letzte anmeldung, letzter besuch
        derniere connexion, derniere visite, ultima conexion, ultimo acceso, ultima visita
        ultimo acesso, ultimo login, ultimo accesso, terakhir login, terakhir aktif
        """,
    "latitude": """
        latitude, lat, geo lat, geolat, gps lat, location lat, breitengrad, breite, latitud, latitudine
        garis lintang, lintang, breedtegraad, coord lat, y coordinate latitude
        """,
    "longitude": """
        longitude, lon, lng, long, geo lon, geo lng, geolon, geolng, gps lon, gps lng, location lon
        location lng, langengrad, lange, longitud, longitudine, garis bujur, bujur, lengtegraad
        coord lon, coord lng
        """,
    "place": """
        location, geo, geolocation, geo location, coordinates, coordinate, gps, gps coordinates, lat lon
        lat lng, latlon, latlng, lat long, position gps, koordinaten, coordonnees gps, coordenadas
        coordinate gps, koordinat
        """,
    "transactions": """
        total orders, orders count, order count, number of orders, num orders, transactions
        number of transactions, purchases, purchase count, number of purchases, number of conversions
        anzahl bestellungen, nombre de commandes, numero de pedidos, numero di ordini, jumlah pesanan
        """,
    "revenue": """
        ltv, lifetime value, life time value, customer lifetime value, clv, cltv, total spent
        total revenue, revenue, total spend, amount spent, lifetime revenue, gesamtumsatz, kundenwert
        total depense, gasto total, total gasto, spesa totale, total belanja
        """,
    "email opt out": """
        has opted out of email, hasoptedoutofemail, email opt out, email optout, opted out of email
        unsubscribed, unsubscribed from all email, unsubscribe, email unsubscribed, is unsubscribed
        opt out, optout, do not email, donotemail, do not bulk email, no email, moe unsubscribe
        unsubscribed from emails, opted out email, person has opted out of email
        abgemeldet, newsletter abgemeldet, keine werbung, keine e mails, desabonne, desinscrit
        dado de baja, baja, descadastrado, disiscritto, berhenti berlangganan
        """,
    "email opt in": """
        newsletter, newsletter subscriber, subscribed, subscribed to emails, email opt in, email optin
        opt in, optin, opted in, email subscribed, email consent, accepts marketing, is subscribed
        accepts email marketing, email marketing consent, email marketing, marketing emails, marketing opt in
        marketing consent, newsletter opt in, wants newsletter, email permission, subscription status
        email subscription status, email marketing status, email marketing consent state, subscriber
        einwilligung, newsletter abonniert, newsletteranmeldung, werbeeinwilligung
        abonne, abonne newsletter, inscrit newsletter, inscription newsletter, accepte newsletter
        suscrito, suscripcion, acepta marketing, inscrito, aceita marketing, aceita newsletter
        iscritto, iscritto newsletter, consenso marketing, berlangganan, berlangganan newsletter
        """,
    "bounced": "hard bounce, hard bounced, is hard bounced, email hard bounced, email hard bounce reason enum",
    "android": "android, android app, has android, android user, has android app, uses android, android device",
    "ios": "ios, ios app, has ios, iphone, has iphone, iphone app, ios user, has ios app, uses ios, ios device",
    "web": "web app, has web, web user, web push, uses web",
    "country": """
        country, country code, country name, countrycode, country region, country or region, nation
        mailing country, billing country, home country, person mailing country, default address country
        default address country code, ip country, iso country, residence country, country of residence
        land, staat, pays, pais, paese, nazione, nationality country, negara, desh, kraj, ulke
        address 1 country, home country region, business country region
        """,
    "currency": "currency, currency code, currency iso code, wahrung, devise, moneda, moeda, valuta, mata uang",
    "time zone": """
        time zone, timezone, tz, time zone sid key, zeitzone, fuseau horaire, zona horaria, huso horario
        fuso horario, fuso orario, zona waktu
        """,
    "street": """
        street, street address, address, address 1, address 2, address line 1, address line 2, addr
        mailing street, billing street, shipping street, home street, business street, mailing address
        billing address, shipping address, default address address 1, default address address 2
        strasse, str, anschrift, adresse, hausnummer, rue, voie, direccion, calle, domicilio
        endereco, rua, logradouro, indirizzo, via, alamat, jalan, pata, adres, straat
        """,
    "postcode": """
        zip, zip code, zipcode, postal, postal code, postalcode, post code, postcode, pin code, pincode
        mailing zip, mailing postal code, mailing zip postal code, billing zip, shipping zip
        billing postal code, shipping postal code, home postal code, business postal code
        default address zip, zip postal code, state region postal code
        plz, postleitzahl, code postal, cp, codigo postal, cep, codigo de endereco postal, cap
        codice postale, kode pos, dak kod, postnummer, kod pocztowy, posta kodu
        """,
    "ip address": """
        ip, ip address, ip addr, ipaddress, optin ip, confirm ip, last ip, signup ip, client ip, remote addr
        adresse ip, direccion ip, endereco ip, indirizzo ip, alamat ip
        """,
    "tags": """
        tags, tag, labels, label names, interests, interest, segments, lists, list memberships, groups
        group membership, categories, hobbies, favorites, topics, preferences, interessen, themen
        gruppen, schlagworter, centres d interet, interets, etiquettes, intereses, etiquetas
        interesses, interessi, minat, hobi, ruchi
        """,
    "company": """
        company, company name, account, account name, organization, organisation, organization name
        employer, firma, unternehmen, societe, entreprise, empresa, azienda, perusahaan, bedrijf
        default address company
        """,
    "login": "user name, username, login, login name, screen name, nickname, benutzername, handle, alias",
    "card": """
        cc, cc number, cc num, card, card number, card no, credit card, credit card number, creditcard
        debit card, debit card number, payment card, card pan, kreditkarte, kreditkartennummer
        carte bancaire, numero de carte, carte de credit, tarjeta, numero de tarjeta, tarjeta de credito
        cartao, numero do cartao, cartao de credito, carta di credito, kartu kredit, nomor kartu
        cvv, cvc, card cvv, card security code
        """,
    "secret": """
        password, passwd, pwd, pass, password hash, passwort, kennwort, mot de passe, contrasena, senha
        kata sandi, secret, api key, access token, refresh token, token, auth token, session token
        private key, otp, pin hash, security answer, salt
        """,
    "government id": """
        ssn, social security number, social security, social security no, national id, national id number
        passport, passport number, passport no, aadhaar, aadhar, aadhaar number, aadhar number, pan number
        pan card, tax id, tax number, driver license, drivers license, driving licence number
        steuer id, steuernummer, sozialversicherungsnummer, ausweisnummer, reisepass
        numero de securite sociale, dni, nie, nif, curp, rfc, cpf, rg, codice fiscale, nik, ktp
        nomor ktp, npwp, bsn, pesel, personnummer
        """,
    "bank account": """
        iban, bic, swift, bank account, bank account number, account iban, routing number, kontonummer
        bankverbindung, numero de compte, cuenta bancaria, conta bancaria, conto corrente, nomor rekening
        no rekening
        """,
}

NAMES = {
    name.strip(): key
    for key, text in _WORDS.items()
    for line in text.splitlines()
    for name in line.split(",")
    if name.strip()
}
"""Every name, in small letters with single blanks, and what it means."""

PERSON_WORDS = frozenset(
    """
    contact contacts lead leads customer customers user users person people member members subscriber
    subscribers client clients profile profiles properties attributes traits guest buyer shopper the
    your my primary default main shopify salesforce hubspot crm kunde kunden nutzer benutzer mitglied
    utilisateur cliente clientes usuario usuarios utente utenti pelanggan pengguna anggota grahak
    """.split()  # noqa: SIM905 - one word after the other is what a person edits
)
"""Words before a name that only say whose it is: `contact_email` is an e-mail address."""

OTHER_PEOPLE = frozenset(
    """
    owner manager agent rep salesperson seller assistant referrer referred referral parent spouse
    partner emergency company account organization employer creator modifier modified by approver
    sender recruiter doctor teacher driver vendor supplier friend
    """.split()  # noqa: SIM905 - as above
)
"""Words that say that a value is somebody else's."""

CODE_WORDS = frozenset(
    """
    id ids uid guid uuid code codes codigo codice kode kod zip plz postal postcode pincode cep phone tel
    fax telefon telefono telefone mobile key sku ref reference iban bic konto ssn ean isbn gtin upc hash
    token cpf cnpj rut nit gst vat ustid ddd dialling extension ext serial barcode asin
    """.split()  # noqa: SIM905 - as above
)
"""Words that say that digits are a code and no number."""

LAST_CODE_WORDS = frozenset("number no nr num numero nummer nomor key account".split())  # noqa: SIM905
"""Words that say so at the end of a name."""

TIME_WORDS = frozenset(
    """
    date time at on datetime timestamp ts dttm day created updated modified seen login signup registered
    birthday birth dob born since until start end expires expiry datum zeit uhrzeit fecha hora data ora
    heure jour tanggal tgl waktu tithi samay epoch unix joined visit activity
    """.split()  # noqa: SIM905 - as above
)
"""Words that say that a number may be a date or a time."""
