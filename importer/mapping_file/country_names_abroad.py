"""Names countries in German, French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish."""

from __future__ import annotations

# Two letters and names; what may mean two countries (Kongo, Guiana, San Martín) is not here, nor
# what country_names.py has.  A line that begins with blanks goes on with the one before.
NAMES = """
AD Andorre; Andora
AE Vereinigte Arabische Emirate; Emirats Arabes Unis; Emiratos Árabes Unidos; Emirati Arabi Uniti;
  Emirados Árabes Unidos; Verenigde Arabische Emiraten; Förenade Arabemiraten; Zjednoczone Emiraty
  Arabskie
AF Afganistán; Afeganistão
AG Antigua und Barbuda; Antigua et Barbuda; Antigua y Barbuda; Antigua e Barbuda; Antigua en
  Barbuda; Antigua och Barbuda
AI Anguila
AL Albanien; Albanie
AM Armenien; Arménie
AR Argentinien; Argentine; Argentinië; Argentyna
AS Amerikanisch-Samoa; Samoa américaines; Samoa Americana; Samoa americane; Amerikaans Samoa;
  Amerikanska Samoa
AT Autriche; Oostenrijk; Österrike
AU Australien; Australie
AX Aaland-Inseln; Îles Åland; Islas Aland; Isole Aland; Ilhas Aland; Alandeilanden
AZ Aserbaidschan; Azerbaïdjan; Azerbaiyán; Azerbaigian; Azerbaijão; Azerbeidzjan; Azerbadjan;
  Azerbejdżan
BA Bosnien und Herzegowina; Bosnie-Herzégovine; Bosnia y Hercegovina; Bosnia-Erzegovina; Bosnië en
  Herzegovina; Bosnien och Herzegovina; Bośnia i Hercegowina
BB Barbade
BD Bangladesch; Bangladesz
BE Bélgica; Belgio; Belgia
BF Burquina Faso
BG Bulgarien; Bulgarie; Bulgarije; Bułgaria
BH Bahreïn; Bahrajn
BL San Bartolomé; São Bartolomeu
BM Bermudes; Bermudas; Bermudy
BO Bolivien; Bolivie; Boliwia
BQ Bonaire, Sint Eustatius und Saba; Bonaire, Saint-Eustache et Saba; Bonaire, San Eustaquio y
  Saba; Bonaire, Sint Eustatius e Saba; Bonaire, Saint Eustatius och Saba
BR Brasilien; Brésil; Brasile; Brazilië; Brazylia
BS Bahamy
BT Bhoutan; Bután; Butão
BW Botsuana
BY Biélo-Russie; Bielorrusia; Bielorussia; Wit-Rusland; Vitryssland; Białoruś
BZ Belice
CA Kanada
CC Kokos-Inseln; Îles Cocos; Islas Cocos; Isole Cocos; Ilhas Coco; Cocoseilanden; Cocosöarna;
  Cocos Islands
CD Demokratische Republik Kongo; République démocratique du Congo; República Democrática del
  Congo; Repubblica democratica del Congo; Demokratiska republiken Kongo; The Democratic Republic
  Of Congo
CF Zentralafrikanische Republik; République Centre-Africaine; República Centroafricana; Repubblica
  Centrafricana; Centraal-Afrikaanse Republiek; Centralafrikanska republiken; Republika
  Środkowoafrykańska
CH Suiza; Suíça; Zwitserland; Szwajcaria
CI Elfenbeinküste; Costa de Marfil; Costa d'Avorio; Costa do Marfim; Ivoorkust; Elfenbenskusten;
  Wybrzeże Kości Słoniowej
CK Cook-Inseln; Îles Cook; Islas Cook; Isole Cook; Ilhas Cook; Cookeilanden; Cooköarna
CL Chili; Cile
CM Kamerun; Camerún; República dos Camarões; Kameroen
CN Chine; Cina; Kina; Chiny
CO Kolumbien; Colombie; Kolumbia
CR Kostaryka
CU Kuba
CV Kap Verde; Cap Vert; Capo Verde; Kaapverdië; Republika Zielonego Przylądka
CX Weihnachtsinsel; Île Christmas; Isla Christmas; Isola di Natale; Ilhas Natal; Christmaseiland;
  Julön
CY Zypern; Chypre; Chipre; Cipro; Cypern; Cypr
CZ Tschechische Republik; République Tchèque; Chequia; Repubblica Ceca; República Tcheca;
  Tsjechië; Tjeckiska republiken; Republika Czeska
DE Allemagne; Alemania; Germania; Alemanha; Duitsland; Tyskland; Niemcy
DJ Dschibuti; Yibuti; Gibuti; Djibuti; Dżibuti
DK Dänemark; Dinamarca; Danimarca; Denemarken; Dania
DM Dominique; Dominika
DO Dominikanische Republik; République Dominicaine; Repubblica Dominicana; Dominicaanse Republiek;
  Dominikanska republiken; Republika Dominikany
DZ Algerien; Argelia; Algerije; Algeriet
EC Equateur; Equador; Ekwador
EE Estland; Estonie
EG Ägypten; Egypte; Egipto; Egitto; Egito; Egypten; Egipt
EH Westsahara; Sahara Occidental; Sahara Occidentale; Saara Ocidental; Westelijke Sahara; Västra
  Sahara; Sahara Zachodnia
ER Erythrée; Eritreia; Erytrea
ES Spanien; Espagne; Spagna; Espanha; Spanje; Hiszpania
ET Äthiopien; Ethiopie; Etiopía; Etiopien
FI Finnland; Finlande; Finlandia
FJ Fidschi; Fidji; Fiyi; Figi; Fidżi
FK Falkland-Inseln; Îles Malouines; Islas Malvinas; Isole Falkland; Ilhas Malvinas;
  Falklandeilanden; Falklandsöarna
FM Mikronesien; Micronésie; Mikronezja
FO Färöer-Inseln; Îles Féroé; Islas Feroe; Isole Færoer; Ilhas Faroe; Faeröer; Färöarna
FR Frankreich; Francia; França; Frankrijk; Frankrike; Francja
GA Gabun; Gabão
GB Vereinigtes Königreich; Royaume-Uni; Reino Unido; Regno Unito; Verenigd Koninkrijk;
  Storbritannien; Wielka Brytania
GD Grenade
GE Georgien; Géorgie; Gruzja
GF Französisch-Guayana; Guayana Francesa; Guayana Francese; Guiana Francesa; Frans-Guyana; Franska
  Guyana; Gujana Francuska
GG Guernesey
GH Gana
GI Gibilterra
GL Grönland; Groenland; Groenlandia
GM Gambie
GN Guiné; Gwinea
GP Guadalupe; Guadalupa; Gwadelupa
GQ Äquatorial-Guinea; Guinea Equatoriale; Equatoriaal-Guinea; Ekvatorialguinea; Gwinea Równikowa
GR Griechenland; Grèce; Grecia; Griekenland; Grekland; Grecja
GT Gwatemala
GW Guinée-Bissau; Gwinea Bissau
HK Hong Kong, Região Admin. Especial da China; Hongkong SAR van China
HR Kroatien; Croatie; Croacia; Croazia; Kroatië; Chorwacja
HU Ungarn; Hongrie; Hungría; Ungheria; Hongarije; Ungern; Węgry
ID Indonesien; Indonésie; Indonezja
IE Irland; Irlande; Irlanda; Ierland; Irlandia
IL Israele; Izrael
IM Ile de Man; Isla de Man; Isola di Man; Ilha de Man
IN Indien; Inde; Indie
IO Britische Territorien im Indischen Ozean; Territoires britanniques de l'Océan Indien;
  Territorio Británico del Océano Índico; Territorio britannico dell'Oceano Indiano; Território
  Britânico do Oceano Índico; Britse Gebieden in de Indische Oceaan; Brittiska territoriet i
  Indiska Oceanen
IQ Irak; Iraque
IS Islande; Islandia; Islanda; IJsland
IT Italien; Italie; Włochy
JM Jamaika; Jamaïque; Giamaica; Jamajka
JO Jordanien; Jordanie; Jordania; Giordania
JP Japon; Giappone; Japão; Japonia
KE Kenia; Quênia
KG Kirgistan; Kirguizistán; Kirghizistan; Quirguistão; Kirgizië; Kirgisistan
KH Kambodscha; Cambodge; Camboya; Cambogia; Camboja; Cambodja; Kambodja; Kambodża
KI Quiribati
KM Komoren; Comore; Comoren; Komorerna; Komory
KN Saint Kitts und Nevis; Saint-Christophe-et-Niévès; San Cristóbal y Nieves; Saint Kitts e Nevis;
  São Cristovão e Nevis; Saint Kitts en Nevis; Saint Kitts och Nevis
KP Nordkorea; Corée du Nord; Corea del Norte; Corea del Nord; Coreia do Norte; Noord-Korea; Korea
  Północna
KR Südkorea; Corée du Sud; Corea del Sur; Corea del Sud; Coreia do Sul; Zuid-Korea; Sydkorea;
  Korea Południowa
KW Koweit; Koeweit; Kuwejt
KY Kaiman-Inseln; Îles Caïmans; Islas Caimán; Isole Cayman; Ilhas Caiman; Caymaneilanden;
  Caymanöarna
KZ Kasachstan; Kazajstán; Casaquistão; Kazachstan; Kazakstan
LA República Popular Democrática do Laos
LB Libanon; Liban; Líbano
LC Sainte-Lucie; Santa Lucia; Sainte Lucia
LS Lesoto
LT Litauen; Lithuanie; Lituania; Litouwen; Litwa
LU Luxemburgo; Lussemburgo; Luksemburg
LV Lettland; Lettonie; Letonia; Lettonia; Letland; Łotwa
LY Libyen; Libye; Libia; Libië
MA Marokko; Marruecos; Marocco; Marrocos; Marocko; Maroko
MC Monako
MD Moldau; Moldavie; Moldavia; Moldavien; Mołdawia
MG Madagaskar
MH Marshall-Inseln; Îles Marshall; Islas Marshall; Isole Marshall; Ilhas Marshall;
  Marshalleilanden; Marshallöarna
MK Mazedonien; Macédoine; Macedonië; Makedonien
MM Mianmar [Birmânia]
MN Mongolei; Mongolie; Mongoliet
MO Macau, Região Admin. Especial da China; Macao SAR van China
MP Nördliche Mariannen-Inseln; Îles Mariannes du Nord; Islas Marianas del Norte; Isole Marianne
  settentrionali; Ilhas Marianas do Norte; Noordelijke Marianeneilanden; Nordmarianerna
MQ Martinica; Martynika
MR Mauretanien; Mauritanie; Mauretania
MT Malte
MU Mauricio; Maurizio
MV Maldiven; Maldivas; Maldive; Maldiverna
MW Malaui
MX Mexiko; Mexique; Messico; Meksyk
MY Malaisie; Malasia; Maleisië; Malezja
MZ Mosambik; Mozambico; Mozambik
NA Namibie
NC Neukaledonien; Nueva Caledonia; Nuova Caledonia; Nova Caledônia; Nieuw-Caledonië; Nya
  Kaledonien; Nowa Kaledonia
NF Norfolk-Insel; Île Norfolk; Isla Norfolk; Isola Norfolk; Ilha Norfolk; Norfolkeiland; Norfolkön
NI Nikaragua
NL Niederlande; Pays-Bas; Holanda; Paesi Bassi; Nederländerna; Holandia
NO Norwegen; Norvège; Noruega; Norvegia; Noorwegen; Norwegia
NZ Neuseeland; Nouvelle-Zélande; Nueva Zelanda; Nuova Zelanda; Nova Zelândia; Nieuw-Zeeland; Nya
  Zeeland; Nowa Zelandia
PE Pérou
PF Französisch-Polynesien; Polinesia Francesa; Polinesia Francese; Frans-Polynesië; Franska
  Polynesien; Polinezja Francuska
PG Papua-Neuguinea; Papouasie-Nouvelle-Guinée; Papua Nuova Guinea; Papua-Nova Guiné; Papoea-Nieuw-
  Guinea; Papua Nya Guinea; Papua Nowa Gwinea
PH Philippinen; Filipinas; Filippine; Filipijnen; Filippinerna; Filipiny
PK Paquistán; Paquistão
PL Polen; Pologne; Polonia
PM St. Pierre und Miquelon; San Pedro y Miquelón; Saint Pierre e Miquelon; Saint Pierre en
  Miquelon; Saint Pierre och Miquelon
PR Porto Rico; Portoryko
PS Palästina; Palestina; Territórios palestinos; Palestijns Gebied
PT Portogallo; Portugalia
PW Belau; Palaos
PY Paragwaj
QA Katar; Catar
RE Reunião
RO Rumänien; Roumanie; Rumania; Romênia; Roemenië; Rumunia
RS Serbien; Serbie; Sérvia; Servië
RU Russland; Russie; Rusia; Rusland; Ryssland; Rosja
RW Ruanda
SA Saudi-Arabien; Arabie Saoudite; Arabia Saudita; Saoedi-Arabië; Arabia Saudyjska
SB Solomon-Inseln; Îles Salomon; Islas Salomón; Isole Solomon; Ilhas Salomão; Salomonseilanden;
  Salomonöarna
SC Seychellen; Seychellerna; Seszele
SD Soudan; Sudão; Soedan
SE Schweden; Suède; Suecia; Svezia; Zweden; Szwecja
SG Singapur; Singapour; Cingapura
SH Sainte-Hélène; Santa Helena; Sant'Elena; Sint-Helena; Saint Helena
SI Slowenien; Slovénie; Eslovenia; Slovenien; Słowenia
SJ Svalbard und Jan Mayen; Svalbard et Jan Mayen; Svalbard y Jan Mayen; Svalbard e Jan Mayen;
  Svalbard en Jan Mayen; Svalbard och Jan Mayen
SK Slowakei; Slovaquie; Eslovaquia; Slovacchia; Slowakije; Slovakien; Słowacja
SL Sierra Leona; Serra Leoa
SM Saint-Marin
SO Somalie
SR Surinam
SS Südsudan; Sud-Soudan; Sudán del Sur; Sudan del Sud; Sydsudan
ST Sao Tome und Principe; Sao Tomé et Principe; Santo Tomé y Príncipe; Sao Tomé en Principe; São
  Tomé och Príncipe
SV Salwador
SX Sint Maarten (Niederländischer Teil); Saint-Martin (partie néerlandaise); San Martín (región
  holandesa); Sint Maarten (parte olandese); Sint Maarten (nederländska delen)
SY Syrien; Syrie; Siria
SZ Swasiland; Suazilandia; Suazi
TC Turks- und Caicos-Inseln; Îles Turks et Caicos; Islas Turcas y Caicos; Isole Turks e Caicos;
  Ilhas Turks e Caicos; Turks- en Caicoseilanden; Turks- och Caicosöarna
TD Tschad; Ciad; Chade; Tsjaad; Czad
TH Thaïlande; Tailandia; Thailandia; Tajlandia
TJ Tadschikistan; Tadjikistan; Tayikistán; Tagikistan; Tadjiquistão; Tadzjikistan; Tadżykistan
TL Timor Oriental; Oost-Timor
TM Turcomenistão
TN Tunesien; Túnez; Tunesië; Tunisien; Tunezja
TR Türkei; Turquie; Turquía; Turchia; Turkije; Turkiet; Turcja
TT Trinidad und Tobago; Trinité-et-Tobago; Trinidad y Tobago; Trinidad e Tobago; Trinidad en
  Tobago; Trinidad och Tobago; Trynidad i Tobago
TW Tajwan
TZ Tansania; Tanzanie
UA Ucrania; Ucraina; Oekraïne; Ukraina
UG Ouganda; Oeganda
US Vereinigte Staaten von Amerika; Etats-Unis; Estados Unidos; Stati Uniti; Verenigde Staten;
  Amerikas Förenta Stater; Stany Zjednoczone Ameryki
UY Uruguai; Urugwaj
UZ Usbekistan; Ouzbékistan; Uzbequistão; Oezbekistan
VA Vatikanstadt; Ciudad del Vaticano; Vaticano; Vaticaanstad; Vatikanen; Watykan
VC St. Vincent und die Grenadinen; Saint-Vincent-et-les Grenadines; San Vicente y las Granadinas;
  Saint Vincent e Grenadine; São Vicente e Granadinas; Saint Vincent en de Grenadines; Saint
  Vincent och Grenadinerna
VE Wenezuela
VG Britische Jungferninseln; Iles Vierges Britanniques; Islas Vírgenes Británicas; Isole Vergini
  (GB); Ilhas Virgens Britânicas; Britse Maagdeneilanden; Brittiska Virgin Islands; Dziewicze
  Wyspy Brytyjskie
VI Amerikanische Jungferninseln; Iles Vierges Américaines; Islas Vírgenes Americanas; Isole
  Vergini (USA); Ilhas Virgens dos EUA; Amerikaanse Maagdeneilanden; Amerikanska Virgin Islands;
  Dziewicze Wyspy Stanów Zjednoczonych
VN Vietnã; Wietnam
WF Wallis und Futuna; Wallis y Futuna; Wallis e Futuna; Wallis en Futuna; Wallis och Futuna
YE Jemen; Iêmen
YT Mayotta
ZA Südafrika; Afrique du Sud; Sudáfrica; África do Sul; Zuid-Afrika; Sydafrika; Republika
  Południowej Afryki
ZM Sambia; Zambie
ZW Simbabwe; Zimbabue
"""
