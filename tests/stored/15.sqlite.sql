PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'first','2026-11-22 04:30:40',1,X'63b1c1d8db658700315fedf32b5bc27e2ef7e142eff28e5b121b877679557c6ed89481d9f4cd88c2a2241719f8c31b94',3680006);
INSERT INTO _sqlx_migrations VALUES(2,'retired','2026-11-22 05:51:03',1,X'f9d78a3fd8b4ba6f415a41df32c79c5263f319d989d689eb0b5b5b44239b0f7741ee8ff48a6d65c7c434d668973af5c9',5148478);
INSERT INTO _sqlx_migrations VALUES(3,'pulls','2026-11-22 08:33:47',1,X'ca0f565fbd40639d20ed63dbfc10b67d61a43b5830db7c9ea86b65359bace2401c44b32f3f98707ec6b908a6c26c1c0a',9412911);
INSERT INTO _sqlx_migrations VALUES(4,'twins','2026-11-22 08:57:52',1,X'35807b8a3bceb2364517b6e6b15215eeacb7f3bc79f80d7c05a301d25f6e9ca430ab4f25acfa8d4af58f5f56db3b5b0f',14804369);
INSERT INTO _sqlx_migrations VALUES(5,'witnessed','2026-11-22 11:30:33',1,X'16ee3f5b714180e6941ff6fb4d22daf46504db5bc8c7650762415591278ab5f04f1e7a458b37b893e754c1279c5621aa',19746109);
INSERT INTO _sqlx_migrations VALUES(6,'cosigned','2026-11-22 12:28:24',1,X'f848b5bdfda75d306d7330827d5fd4b504e515bc928aa27f8fa82f9ffc177cc0b12f2f1c031779b35481a057e56b7537',13794149);
INSERT INTO _sqlx_migrations VALUES(7,'epochs','2026-11-29 02:10:00',1,X'7373eacc0927e73c3b6a6f924e0dab3083049452600fe9ef4e043060b8b49ce8b2f6cc3da7158836b50f9aabdd7b1528',1000000);
INSERT INTO _sqlx_migrations VALUES(8,'openings','2026-11-29 05:00:00',1,X'eea4863d9543fb7291ae521063b209122556baf437fc563ce7bb7e5140a9c807afa638bad7599c2887d93e8e1518deab',1000000);
INSERT INTO _sqlx_migrations VALUES(9,'harvest','2026-11-29 09:24:00',1,X'5955ace10a91bc54802d131db0d031b2db380aea5996d69e7c9ad52e4ad909a83f82a47ae05c8a9b08b193158bfedb10',1000000);
INSERT INTO _sqlx_migrations VALUES(10,'convention','2026-11-29 19:30:00',1,X'5243facbdc7feecba0b1070f2ac512dd8992cd95785aebb1665830446c43d371416aaa93825a5e8bd136d84cc99f345e',1000000);
INSERT INTO _sqlx_migrations VALUES(11,'duties','2026-11-29 23:30:00',1,X'71efca88c395d6cbd33b95fbf92e13d41b54bb3eabc7f423e582b667aac97ec605d23737e51a39178c7dfca02ea7e744',1000000);
INSERT INTO _sqlx_migrations VALUES(12,'frameworks','2026-11-30 01:20:00',1,X'a0a3c2890dc90be4e13125dda4073a64211bc79a42de7fad0cfc95b3f6cbaebbad44dcf5f6b3321b5ef86635e7bb0718',1000000);
INSERT INTO _sqlx_migrations VALUES(13,'memberships','2026-11-29 23:00:00',1,X'c07873eeac08e44dee777255451af8d0dbe254755f68482a92f17b53be2ca932ec152a36967a3de6e8c43bdd0a165e9c',1000000);
INSERT INTO _sqlx_migrations VALUES(14,'credentials','2026-11-30 06:09:57',1,X'f582b7418ae71d14d1d2891e9c372b7c5cb157f447b8783a98ea1593101bc8efdad37be6dd1eac416fed033b30f10a66',6033028);
CREATE TABLE lease (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
INSERT INTO lease VALUES(1,'vm/7583/mImel4tiYicsu6hJkdjlGg',3,0);
CREATE TABLE member (
    member TEXT PRIMARY KEY,
    did TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    base_url TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
, retired BIGINT, restored BIGINT);
INSERT INTO member VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','did:web:localhost%3A28443','Eau','https://localhost:28443/',1795321840207,NULL,NULL);
INSERT INTO member VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','did:web:localhost%3A28443:ville','Ville','https://localhost:28443/ville',1795321840315,NULL,NULL);
CREATE TABLE member_key (
    kid TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    purpose TEXT NOT NULL,
    alg TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    sealed BLOB NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT
);
INSERT INTO member_key VALUES('did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','sign','ES256','{"kty":"EC","crv":"P-256","x":"iLJqjAXO-LoU3oYKt_WSEl39G-CYvggwzg7XVIHNrvk","y":"rf8pl24Wh_LlFslY0XjbbV1pOt18burmi_bqshXQ6kA","alg":"ES256"}',X'0137cddb4bf83116518c77655e982e730d81a3395665747ae9576c32d74f75d6d627fe2cb280f79285a968e4648e99abc7bc3ca9ecc4928c01ee0f66ee0a7dcabccc2e3ccd1d697faf732c3b25b6b04f03fb83001503bd7a40bf2183508a69394ed11d24c466328ba2f316892b7aeb387ca247608536db4bbb7c78ddf835f9bff9439317397f273e99af59e8b6516ead763b98bf93ca',1795321840000,NULL);
INSERT INTO member_key VALUES('did:web:localhost%3A28443#RvbdNRzwD9uepqiVvOuOH8wrN9ZY6ocWJBrI7Ihz2cI','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','data','ES256','{"kty":"EC","crv":"P-256","x":"T7Iut1tH17BJbF3eSajCHF2hpemAgDPWaibdKtK1Dxg","y":"ofRrnkCRdyPq2iWmn1ByO_rlCloSV6GSlR3SZNKL064","alg":"ES256"}',X'0186ad0fd225abf3467e5cd64d7a039b7c5afbaa9f79f12f8d0bc752f45e7651832c5ec2379a8d41fdfe41dea8b366656cee2ce278a5a3b18093942fae76e108a841b998a2c848b7157209ac83d9a183a14fcff12e403b08fa53e6f062d2f6588424aa5266040637c973856be2875384c8c9e42938c0023fd5a9b8159802f3da6cab28306fff3a5415b89b01a1aaff764176c76f367d',1795321840000,NULL);
INSERT INTO member_key VALUES('did:web:localhost%3A28443#mRqvXM9H8yPtwBloY77JUoAyM5kSTOvOjr4C5mkgVmU','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','log','EdDSA','{"kty":"OKP","crv":"Ed25519","x":"zkS-RADgudp6WcaB3KExg7WZePWgAenWtT66LhgT5p8","alg":"EdDSA"}',X'01ca90e9f47f4423cc36c5aee477e446a7271ad350c41b780435d846eeb758cfc4c23bb73ee669c3ea386c4611f69ed6e10fd7832de4b5b67f3aaea084c6ef8b0eac05ccdd5b501e84df8bde4d65dcef95863bf05bd8a14bd5864d6c777d41b946173e8d681ccb53057ef0844ba6da94',1795321840000,NULL);
INSERT INTO member_key VALUES('did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','sign','ES256','{"kty":"EC","crv":"P-256","x":"FOdX4ctu9rPoz6r_GDtUwx0j7U_dWq5EXAs-e8lBhNM","y":"a4ZISQ_lIf6lDM0LznG0pbXAwe73upMUejd49k5gWWk","alg":"ES256"}',X'01b491bb1d62aa20a5467e65658bc1574df0bcbf5f226f6eaa0d6c898a78ba9c175365ff092c284fe449b8c175d594dece81e6c9af95e9f6b1c00e5ad7c171dc5e18d21a618b1bcb22c77840e37e535cf9a0e34adc13c3d3550fbe5ca3fa37d4ebf994ed76f27cd822c96a461b76a9c174b4ce92885accf4b2c7366ca1ff79db1b750b6f9860395ea69cfcd9e523d43da335ba36d2c7',1795321840000,NULL);
INSERT INTO member_key VALUES('did:web:localhost%3A28443:ville#YPXuIkIgjIlHbPrUYv3dbi5Ri1ylkG67lnFz01gGNwI','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','data','ES256','{"kty":"EC","crv":"P-256","x":"lGcrAXyirufKKgky1aVpAKZLSvMiw0hQDTHZXuFf2PU","y":"zP_rDdG1iTss0cSNrVH-6TPjFvAgtiy8dQqJE2jV4fg","alg":"ES256"}',X'01d1d6ea9f4c39f863ea9e271bdc5fd916eb4fdd9ac9e960d69afaa9d538b952f2d2ea4e9b8553377e301b78cf1a155a8e7f5a98b7083d609bdd81b05c151e37b6fc993eb35f31307d2c1ad8eded7a5526ae85984f0df4d810b7dfb420b207ad50c8257345a3401d5aa2891630267a18e3dd8e8985bc26656acfa6674f72dc256bda5c878ffe1169c2f6b67fce8b2f5252f60680b816',1795321840000,NULL);
INSERT INTO member_key VALUES('did:web:localhost%3A28443:ville#Lw8Q_cxtB2F1J10vi5k97rnIGrwi6PVZfQs3SrxpRP4','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','log','EdDSA','{"kty":"OKP","crv":"Ed25519","x":"DNybvGlIEHf9w0YkMEpffKcHS5ZSOOnJtJEOBo5w8yU","alg":"EdDSA"}',X'01503b7bb7e010f79097b5f33ed0b5f312d17348d5a66eb23bfd8d39883e6f6b36f81216f208a4e66b0c6b4e638538ecdbc26197ad1e320bb4d7fd6ea9dbe50f1171ab28047cd195156ea96238c3f6d33223e8d98512c54cd9cfef07fa34e6ec4970f9dfea07c5ec93808288113a70a0',1795321840000,NULL);
CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT
);
INSERT INTO api_token VALUES('01a20185-4249-767f-9a3a-3a4ddb6e8a09','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','c94fafd0bd5981faa228fa6689a8634af9603df9acda77c4f3d52bb04104176b','admin','init',1795321840201,NULL,NULL);
INSERT INTO api_token VALUES('01a20185-42b3-7b90-a440-70e368099006','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','9832dea242e350a688f87069c31460add03f9db199b9a018a15523962743f852','admin','init',1795321840307,NULL,NULL);
CREATE TABLE statement (
    digest TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    level TEXT NOT NULL,
    statement TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    PRIMARY KEY (member, issuer, digest)
);
INSERT INTO statement VALUES('m_oxnBCDJvS0Wa-QUWQqQ1NBT08yo7RaukYmNCBzEAU','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','','own','eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjRWlQMXRJOUVjRy1WbUxZX01IN2c5elozd0V1cnRDeXpGQ3ZTSWN0U21QWSIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTc4NDAsImlhdCI6MTc5NTMyMTg0MCwiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0MyIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.Yq1Ob9nNJOq8wQLokmqFqAEQ5bHaQCI1uRJZQuLDtzT1iAy2_qdEi49rkDqmJ2MMrZk1-wXRVz8TGUep-lV78A',1795321840201,1826857840201);
INSERT INTO statement VALUES('BN0iFKbOLXxKWK6gQL-nP3jkCMligiqlq38eclftvcE','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','','own','eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTc4NDAsImlhdCI6MTc5NTMyMTg0MCwiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.aVQ6AOTo95RZckweuxsrUET1Q-0rIITRCRcsoVt0NZ5ImIAei4uy3tlkVotM-Ise3jUQllC14IS6ZR3iUotTWA',1795321840307,1826857840307);
CREATE TABLE peer_identity (
    did TEXT NOT NULL,
    member TEXT NOT NULL,
    document BLOB NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (member, did)
);
INSERT INTO peer_identity VALUES('did:web:localhost%3A28443','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',X'7b2240636f6e74657874223a5b2268747470733a2f2f7777772e77332e6f72672f6e732f6469642f7631222c2268747470733a2f2f773369642e6f72672f73656375726974792f7375697465732f6a77732d323032302f7631222c2268747470733a2f2f773369642e6f72672f6473706163652f323032352f312f636f6e746578742e6a736f6e6c64225d2c226964223a226469643a7765623a6c6f63616c686f73742533413238343433222c22766572696669636174696f6e4d6574686f64223a5b7b226964223a226469643a7765623a6c6f63616c686f7374253341323834343323456950317449394563472d566d4c595f4d483767397a5a33774575727443797a46437653496374536d5059222c2274797065223a224a736f6e5765624b657932303230222c22636f6e74726f6c6c6572223a226469643a7765623a6c6f63616c686f73742533413238343433222c227075626c69634b65794a776b223a7b226b7479223a224543222c22637276223a22502d323536222c2278223a22694c4a716a41584f2d4c6f55336f594b745f5753456c3339472d4359766767777a6737585649484e72766b222c2279223a22726638706c323457685f4c6c46736c5930586a62625631704f7431386275726d695f627173685851366b41222c22616c67223a224553323536227d2c22666964756369653a76616c6964697479223a7b2266726f6d223a22323032362d31312d32325430343a33303a34305a222c22756e74696c223a6e756c6c7d7d2c7b226964223a226469643a7765623a6c6f63616c686f73742533413238343433236d527176584d39483879507477426c6f5937374a556f41794d356b53544f764f6a723443356d6b67566d55222c2274797065223a224a736f6e5765624b657932303230222c22636f6e74726f6c6c6572223a226469643a7765623a6c6f63616c686f73742533413238343433222c227075626c69634b65794a776b223a7b226b7479223a224f4b50222c22637276223a2245643235353139222c2278223a227a6b532d524144677564703657636142334b45786737575a6550576741656e57745436364c686754357038222c22616c67223a224564445341227d2c22666964756369653a76616c6964697479223a7b2266726f6d223a22323032362d31312d32325430343a33303a34305a222c22756e74696c223a6e756c6c7d7d5d2c2261757468656e7469636174696f6e223a5b226469643a7765623a6c6f63616c686f7374253341323834343323456950317449394563472d566d4c595f4d483767397a5a33774575727443797a46437653496374536d5059225d2c22617373657274696f6e4d6574686f64223a5b226469643a7765623a6c6f63616c686f7374253341323834343323456950317449394563472d566d4c595f4d483767397a5a33774575727443797a46437653496374536d5059225d2c226361706162696c697479496e766f636174696f6e223a5b226469643a7765623a6c6f63616c686f7374253341323834343323456950317449394563472d566d4c595f4d483767397a5a33774575727443797a46437653496374536d5059225d2c2273657276696365223a5b7b226964223a226469643a7765623a6c6f63616c686f7374253341323834343323636174616c6f677565222c2274797065223a22436174616c6f6753657276696365222c2273657276696365456e64706f696e74223a2268747470733a2f2f6c6f63616c686f73743a32383434332f6473702f323032352d312f636174616c6f67227d2c7b226964223a226469643a7765623a6c6f63616c686f7374253341323834343323636f6e6e6563746f72222c2274797065223a224461746153657276696365222c2273657276696365456e64706f696e74223a2268747470733a2f2f6c6f63616c686f73743a32383434332f2e77656c6c2d6b6e6f776e2f6473706163652d76657273696f6e227d5d7d',1795321841790);
CREATE TABLE dataset (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    rung TEXT NOT NULL,
    withdrawn BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (member, id)
);
INSERT INTO dataset VALUES('urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',1,'4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A','partenaires_nommes',0,1795321841537,1795321841537,1);
CREATE TABLE dataset_revision (
    dataset TEXT NOT NULL,
    member TEXT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (member, dataset, revision)
);
INSERT INTO dataset_revision VALUES('urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',1,'4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A','{"v":1,"id":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","lang":"fr","title":{"fr":"Débits"},"description":{"fr":"Débits par pas de cinq minutes."},"theme":["ENVI"],"location":[{"kind":"commune","code":"35238","label":"Rennes"}],"format":["CSV"],"granularity":{"level":"equipement","temporal":"P1D"},"frequency":"DAILY","producer":{"name":"Régie des eaux"},"status":"privee","rung":"partenaires_nommes","source":{"file":"a.csv"},"offers":[{"id":"urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c","policy":{"@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"recipient","operator":"eq","rightOperand":"did:web:localhost%3A28443:ville"},{"leftOperand":"count","operator":"lteq","rightOperand":"5"}]}]}}]}',1795321841537);
CREATE TABLE offer (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    dataset TEXT NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id, revision)
);
INSERT INTO offer VALUES('urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087',1,0,'{"@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"recipient","operator":"eq","rightOperand":"did:web:localhost%3A28443:ville"},{"leftOperand":"count","operator":"lteq","rightOperand":"5"}]}],"@id":"urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c"}');
CREATE TABLE negotiation (
    pid TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    peer_pid TEXT,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    agreement TEXT,
    needs_person BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, pid)
);
INSERT INTO negotiation VALUES('urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','consumer','did:web:localhost%3A28443','urn:uuid:01a20185-48b5-75fb-9d34-48154c520730','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','FINALIZED','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06',0,6,1795321841841,1795321841857,'{"callback":"https://localhost:28443/dsp/2025-1","offer":"urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c","policy":"{\"@type\":\"Offer\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c\"}","shown":[1,"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A"],"until":null,"statements":[],"unacknowledged":null,"terminated":null}');
INSERT INTO negotiation VALUES('urn:uuid:01a20185-48b5-75fb-9d34-48154c520730','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','provider','did:web:localhost%3A28443:ville','urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','FINALIZED','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06',0,6,1795321841845,1795321841854,'{"callback":"https://localhost:28443/ville/dsp/2025-1","offer":"urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c","policy":"{\"@type\":\"Offer\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20185-4781-72de-baa4-2440c9a1205c\",\"target\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\"}","shown":[1,"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A"],"until":null,"statements":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTc4NDAsImlhdCI6MTc5NTMyMTg0MCwiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.aVQ6AOTo95RZckweuxsrUET1Q-0rIITRCRcsoVt0NZ5ImIAei4uy3tlkVotM-Ise3jUQllC14IS6ZR3iUotTWA"],"unacknowledged":null,"terminated":null}');
CREATE TABLE agreement (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    dataset TEXT NOT NULL,
    standing TEXT NOT NULL,
    first_use BIGINT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id)
);
INSERT INTO agreement VALUES('urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','provider','did:web:localhost%3A28443:ville','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','signed',1795321842332,4,1795321841845,'{"callback":"https://localhost:28443/ville/dsp/2025-1","shown":[1,"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A"],"until":null,"policy":"{\"@type\":\"Agreement\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06\",\"target\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\",\"assigner\":\"did:web:localhost%3A28443\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"timestamp\":\"2026-11-22T04:30:41Z\"}","contract":{"document":"{\"alg\":\"sha-256\",\"createdAt\":\"2026-11-22T04:30:41Z\",\"dataset\":{\"digest\":\"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A\",\"id\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\",\"revision\":1},\"framework\":null,\"id\":\"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06\",\"parties\":[{\"did\":\"did:web:localhost%3A28443\",\"identity\":\"KIvwqeVcOmSdyh5BwqAMp9kKOkYSzvPx8OHwnbKstHU\",\"role\":\"provider\"},{\"did\":\"did:web:localhost%3A28443:ville\",\"identity\":\"6V2PVgOJUXX02m2Wa1ADU7uMZVVBxFldxZMnAr3hIig\",\"role\":\"consumer\"}],\"policy\":{\"@id\":\"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06\",\"@type\":\"Agreement\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"assigner\":\"did:web:localhost%3A28443\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"target\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\",\"timestamp\":\"2026-11-22T04:30:41Z\"},\"term\":{\"from\":\"2026-11-22T04:30:41Z\",\"until\":null},\"text\":{\"digest\":\"c7WAMOmbzswLHQDca7oimXMTIQKwgCpGMwO3LZaHVn8\",\"lang\":\"fr\",\"template\":\"fiducie-terms\",\"version\":\"1\"},\"type\":\"fiducie-contract\",\"v\":1}","text":"CONDITIONS D''UTILISATION\nJeu de données : urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\nAccordées par : did:web:localhost%3A28443\nAccordées à : did:web:localhost%3A28443:ville\n\nAutorisations\n1. utiliser les données (use) [E1], si tout ceci est vrai :\n   - destinataire : did:web:localhost%3A28443:ville [E1]\n   - nombre d''usages : au plus 5 [E1]\n\nTout ce qui n''est pas autorisé est refusé ; une interdiction l''emporte sur une autorisation.\nGaranties :\n   E1 : le nœud du fournisseur refuse de lui-même\n   E2 : les logiciels des deux nœuds coopèrent\n   E3 : le partenaire l''atteste, par une déclaration signée et datée\n   E4 : engagement contractuel, sans contrôle technique\n","identities":"{\"did:web:localhost%3A28443\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"iLJqjAXO-LoU3oYKt_WSEl39G-CYvggwzg7XVIHNrvk\",\"y\":\"rf8pl24Wh_LlFslY0XjbbV1pOt18burmi_bqshXQ6kA\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443#mRqvXM9H8yPtwBloY77JUoAyM5kSTOvOjr4C5mkgVmU\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"zkS-RADgudp6WcaB3KExg7WZePWgAenWtT66LhgT5p8\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\"],\"assertionMethod\":[\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\"],\"service\":[{\"id\":\"did:web:localhost%3A28443#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/.well-known/dspace-version\"}]},\"did:web:localhost%3A28443:ville\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443:ville\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443:ville#Lw8Q_cxtB2F1J10vi5k97rnIGrwi6PVZfQs3SrxpRP4\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"DNybvGlIEHf9w0YkMEpffKcHS5ZSOOnJtJEOBo5w8yU\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"FOdX4ctu9rPoz6r_GDtUwx0j7U_dWq5EXAs-e8lBhNM\",\"y\":\"a4ZISQ_lIf6lDM0LznG0pbXAwe73upMUejd49k5gWWk\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\"],\"assertionMethod\":[\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\"],\"service\":[{\"id\":\"did:web:localhost%3A28443:ville#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/ville/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443:ville#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/ville/.well-known/dspace-version\"}]}}","signatures":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjRWlQMXRJOUVjRy1WbUxZX01IN2c5elozd0V1cnRDeXpGQ3ZTSWN0U21QWSIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMTg0MX0..imiND5zzzmKzC7lo_4KGLlRHm1qCH1-6jKhWqoUxYzuwLTk3IjNvk76HAkkGDi1Su6R9-2Qf6vCZSfjLlD8OMQ","eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMTg0MX0..4zzN7yvmq7QSt84pDrxjU31TnJ15CInt8tpq2_0HWYIKogq4j-pC5OfWoO8tFOd9S8-gVtYiu99g-6r4hQ69cQ"]}}');
INSERT INTO agreement VALUES('urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','consumer','did:web:localhost%3A28443','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','signed',NULL,3,1795321841849,'{"callback":"https://localhost:28443/dsp/2025-1","shown":[1,"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A"],"until":null,"policy":"{\"@type\":\"Agreement\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06\",\"target\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\",\"assigner\":\"did:web:localhost%3A28443\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"timestamp\":\"2026-11-22T04:30:41Z\"}","contract":{"document":"{\"alg\":\"sha-256\",\"createdAt\":\"2026-11-22T04:30:41Z\",\"dataset\":{\"digest\":\"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A\",\"id\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\",\"revision\":1},\"framework\":null,\"id\":\"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06\",\"parties\":[{\"did\":\"did:web:localhost%3A28443\",\"identity\":\"KIvwqeVcOmSdyh5BwqAMp9kKOkYSzvPx8OHwnbKstHU\",\"role\":\"provider\"},{\"did\":\"did:web:localhost%3A28443:ville\",\"identity\":\"6V2PVgOJUXX02m2Wa1ADU7uMZVVBxFldxZMnAr3hIig\",\"role\":\"consumer\"}],\"policy\":{\"@id\":\"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06\",\"@type\":\"Agreement\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"assigner\":\"did:web:localhost%3A28443\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"target\":\"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\",\"timestamp\":\"2026-11-22T04:30:41Z\"},\"term\":{\"from\":\"2026-11-22T04:30:41Z\",\"until\":null},\"text\":{\"digest\":\"c7WAMOmbzswLHQDca7oimXMTIQKwgCpGMwO3LZaHVn8\",\"lang\":\"fr\",\"template\":\"fiducie-terms\",\"version\":\"1\"},\"type\":\"fiducie-contract\",\"v\":1}","text":"CONDITIONS D''UTILISATION\nJeu de données : urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087\nAccordées par : did:web:localhost%3A28443\nAccordées à : did:web:localhost%3A28443:ville\n\nAutorisations\n1. utiliser les données (use) [E1], si tout ceci est vrai :\n   - destinataire : did:web:localhost%3A28443:ville [E1]\n   - nombre d''usages : au plus 5 [E1]\n\nTout ce qui n''est pas autorisé est refusé ; une interdiction l''emporte sur une autorisation.\nGaranties :\n   E1 : le nœud du fournisseur refuse de lui-même\n   E2 : les logiciels des deux nœuds coopèrent\n   E3 : le partenaire l''atteste, par une déclaration signée et datée\n   E4 : engagement contractuel, sans contrôle technique\n","identities":"{\"did:web:localhost%3A28443:ville\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443:ville\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443:ville#Lw8Q_cxtB2F1J10vi5k97rnIGrwi6PVZfQs3SrxpRP4\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"DNybvGlIEHf9w0YkMEpffKcHS5ZSOOnJtJEOBo5w8yU\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"FOdX4ctu9rPoz6r_GDtUwx0j7U_dWq5EXAs-e8lBhNM\",\"y\":\"a4ZISQ_lIf6lDM0LznG0pbXAwe73upMUejd49k5gWWk\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\"],\"assertionMethod\":[\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA\"],\"service\":[{\"id\":\"did:web:localhost%3A28443:ville#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/ville/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443:ville#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/ville/.well-known/dspace-version\"}]},\"did:web:localhost%3A28443\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"iLJqjAXO-LoU3oYKt_WSEl39G-CYvggwzg7XVIHNrvk\",\"y\":\"rf8pl24Wh_LlFslY0XjbbV1pOt18burmi_bqshXQ6kA\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443#mRqvXM9H8yPtwBloY77JUoAyM5kSTOvOjr4C5mkgVmU\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"zkS-RADgudp6WcaB3KExg7WZePWgAenWtT66LhgT5p8\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:30:40Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\"],\"assertionMethod\":[\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY\"],\"service\":[{\"id\":\"did:web:localhost%3A28443#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/.well-known/dspace-version\"}]}}","signatures":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjRWlQMXRJOUVjRy1WbUxZX01IN2c5elozd0V1cnRDeXpGQ3ZTSWN0U21QWSIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMTg0MX0..imiND5zzzmKzC7lo_4KGLlRHm1qCH1-6jKhWqoUxYzuwLTk3IjNvk76HAkkGDi1Su6R9-2Qf6vCZSfjLlD8OMQ","eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMTg0MX0..4zzN7yvmq7QSt84pDrxjU31TnJ15CInt8tpq2_0HWYIKogq4j-pC5OfWoO8tFOd9S8-gVtYiu99g-6r4hQ69cQ"]}}');
CREATE TABLE revocation (
    agreement TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    ground TEXT NOT NULL,
    at BIGINT NOT NULL,
    statement TEXT NOT NULL,
    PRIMARY KEY (member, agreement)
);
INSERT INTO revocation VALUES('urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','did:web:localhost%3A28443','fin du besoin',1795321843668,'eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjRWlQMXRJOUVjRy1WbUxZX01IN2c5elozd0V1cnRDeXpGQ3ZTSWN0U21QWSIsInR5cCI6ImZpZHVjaWUtcmV2b2NhdGlvbitqd3MifQ.eyJhZ3JlZW1lbnQiOiJ1cm46dXVpZDowMWEyMDE4NS00OGI1LTdiNjItYmVkNS02NTgyMWQ2NzViMDYiLCJhdCI6IjIwMjYtMTEtMjJUMDQ6MzA6NDNaIiwiYnkiOiJkaWQ6d2ViOmxvY2FsaG9zdCUzQTI4NDQzIiwiZ3JvdW5kIjoiZmluIGR1IGJlc29pbiIsInR5cGUiOiJmaWR1Y2llLXJldm9jYXRpb24iLCJ2IjoxfQ.cHSaV7xUCV7Cxn7jGn74sP_vAHgL25aPV9MfxmGlwAiM9GGif0T4Ps3gXs56_t5Qsei2GuEa-ykge99LOEhhCQ');
INSERT INTO revocation VALUES('urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','did:web:localhost%3A28443','fin du besoin',1795321843000,'eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjRWlQMXRJOUVjRy1WbUxZX01IN2c5elozd0V1cnRDeXpGQ3ZTSWN0U21QWSIsInR5cCI6ImZpZHVjaWUtcmV2b2NhdGlvbitqd3MifQ.eyJhZ3JlZW1lbnQiOiJ1cm46dXVpZDowMWEyMDE4NS00OGI1LTdiNjItYmVkNS02NTgyMWQ2NzViMDYiLCJhdCI6IjIwMjYtMTEtMjJUMDQ6MzA6NDNaIiwiYnkiOiJkaWQ6d2ViOmxvY2FsaG9zdCUzQTI4NDQzIiwiZ3JvdW5kIjoiZmluIGR1IGJlc29pbiIsInR5cGUiOiJmaWR1Y2llLXJldm9jYXRpb24iLCJ2IjoxfQ.cHSaV7xUCV7Cxn7jGn74sP_vAHgL25aPV9MfxmGlwAiM9GGif0T4Ps3gXs56_t5Qsei2GuEa-ykge99LOEhhCQ');
CREATE TABLE transfer (
    pid TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    peer_pid TEXT,
    agreement TEXT NOT NULL,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    needs_person BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, pid)
);
INSERT INTO transfer VALUES('urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','consumer','did:web:localhost%3A28443','urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','TERMINATED',0,4,1795321842049,1795321843676,'{"callback":"https://localhost:28443/dsp/2025-1","format":"HttpData-PULL","purpose":null,"statements":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTc4NDAsImlhdCI6MTc5NTMyMTg0MCwiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.aVQ6AOTo95RZckweuxsrUET1Q-0rIITRCRcsoVt0NZ5ImIAei4uy3tlkVotM-Ise3jUQllC14IS6ZR3iUotTWA"],"binding":null,"address":{"endpoint":"https://localhost:28443/data/01a20185-4986-7da1-85fb-fb587240fab8","token":"eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjUnZiZE5SendEOXVlcHFpVnZPdU9IOHdyTjlaWTZvY1dKQnJJN0loejJjSSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJkaWQ6d2ViOmxvY2FsaG9zdCUzQTI4NDQzIiwiYXVkIjoiaHR0cHM6Ly9sb2NhbGhvc3Q6Mjg0NDMvZGF0YSIsInN1YiI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUiLCJqdGkiOiJIdjFjZ1F3aXF5V0ZLbS10SHp2TlNRIiwiaWF0IjoxNzk1MzIxODQyLCJleHAiOjE3OTU0MDgyNDIsImFnciI6InVybjp1dWlkOjAxYTIwMTg1LTQ4YjUtN2I2Mi1iZWQ1LTY1ODIxZDY3NWIwNiIsInRwIjoidXJuOnV1aWQ6MDFhMjAxODUtNDk4Ni03ZGExLTg1ZmItZmI1ODcyNDBmYWI4IiwiY25mIjp7ImprdCI6Im5oYW5NekVuNWpWTHlQMmVoZEFpTVA5Q1FsNUpBRDRITE81aHN4YzhzdUEifX0.IVJW8DFNQVCKQ0xoO4boBhSCEMPUsiu6RH01-OLb_A7I8cSc7SYNQsS4DpRS35InjKbCg2ylr-8fryvjS7TViw","scheme":"dpop"},"unacknowledged":null,"suspended":null,"terminated":{"by_us":false,"code":"revoked","reason":"the contract was revoked"}}');
INSERT INTO transfer VALUES('urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','provider','did:web:localhost%3A28443:ville','urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','TERMINATED',0,5,1795321842054,1795321843668,'{"callback":"https://localhost:28443/ville/dsp/2025-1","format":"HttpData-PULL","purpose":null,"statements":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTc4NDAsImlhdCI6MTc5NTMyMTg0MCwiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.aVQ6AOTo95RZckweuxsrUET1Q-0rIITRCRcsoVt0NZ5ImIAei4uy3tlkVotM-Ise3jUQllC14IS6ZR3iUotTWA"],"binding":{"key":"nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA"},"address":null,"unacknowledged":null,"suspended":null,"terminated":{"by_us":true,"code":"revoked","reason":"the contract was revoked"}}');
CREATE TABLE delivery (
    reference TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    transfer TEXT NOT NULL,
    agreement TEXT NOT NULL,
    dataset TEXT NOT NULL,
    peer TEXT NOT NULL,
    path TEXT NOT NULL,
    first BIGINT NOT NULL,
    at_most BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT,
    bytes BIGINT,
    sha256 TEXT,
    ending TEXT,
    PRIMARY KEY (member, role, reference)
);
INSERT INTO delivery VALUES('5972457015c00b2bba799e559de4b3ae','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','provider','urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','did:web:localhost%3A28443:ville','',0,8,1795321842332,1795321842341,8,'403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291','complete');
INSERT INTO delivery VALUES('5972457015c00b2bba799e559de4b3ae','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','consumer','urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087','did:web:localhost%3A28443','',0,8,1795321842339,1795321842343,8,'403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291','complete');
CREATE TABLE receipt (
    reference TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, role, reference)
);
INSERT INTO receipt VALUES('5972457015c00b2bba799e559de4b3ae','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','consumer','did:web:localhost%3A28443','signed',1795321842345,'{"type":"fiducie-receipt-file","v":1,"receipt":{"type":"fiducie-receipt","v":1,"alg":"sha-256","reference":"5972457015c00b2bba799e559de4b3ae","agreement":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","transfer":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","provider":"did:web:localhost%3A28443","consumer":"did:web:localhost%3A28443:ville","range":null,"bytes":8,"sha256":"QDvqUVLCUcW8fvQg2CTRkWBXI_mTkug6BUmtWMbUYpE","at":"2026-11-22T04:30:42Z"},"index":0,"proof":[],"batch":"eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCtqd3MifQ.eyJhbGciOiJzaGEtMjU2IiwiYXQiOiIyMDI2LTExLTIyVDA0OjMwOjQyWiIsInJvb3QiOiJ1bmF3aWprSHllUXR5bWdCTWZxaW9kU2lXN2dNSnY0ckIzYnRua3FsWVFJIiwic2l6ZSI6MSwidHlwZSI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCIsInYiOjF9.Dwb3phgj7_0nIDu1MhOV6PY7X0D0mnROA9psSoC1mXP2ulgomRJ7-vf2-oPEL455MV_V6p5OYcox-STop4ukcg","key":{"kty":"EC","crv":"P-256","x":"FOdX4ctu9rPoz6r_GDtUwx0j7U_dWq5EXAs-e8lBhNM","y":"a4ZISQ_lIf6lDM0LznG0pbXAwe73upMUejd49k5gWWk","alg":"ES256"}}');
INSERT INTO receipt VALUES('5972457015c00b2bba799e559de4b3ae','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','provider','did:web:localhost%3A28443:ville','verified',1795321842352,'{"type":"fiducie-receipt-file","v":1,"receipt":{"type":"fiducie-receipt","v":1,"alg":"sha-256","reference":"5972457015c00b2bba799e559de4b3ae","agreement":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","transfer":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","provider":"did:web:localhost%3A28443","consumer":"did:web:localhost%3A28443:ville","range":null,"bytes":8,"sha256":"QDvqUVLCUcW8fvQg2CTRkWBXI_mTkug6BUmtWMbUYpE","at":"2026-11-22T04:30:42Z"},"index":0,"proof":[],"batch":"eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjbmhhbk16RW41alZMeVAyZWhkQWlNUDlDUWw1SkFENEhMTzVoc3hjOHN1QSIsInR5cCI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCtqd3MifQ.eyJhbGciOiJzaGEtMjU2IiwiYXQiOiIyMDI2LTExLTIyVDA0OjMwOjQyWiIsInJvb3QiOiJ1bmF3aWprSHllUXR5bWdCTWZxaW9kU2lXN2dNSnY0ckIzYnRua3FsWVFJIiwic2l6ZSI6MSwidHlwZSI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCIsInYiOjF9.Dwb3phgj7_0nIDu1MhOV6PY7X0D0mnROA9psSoC1mXP2ulgomRJ7-vf2-oPEL455MV_V6p5OYcox-STop4ukcg","key":{"kty":"EC","crv":"P-256","x":"FOdX4ctu9rPoz6r_GDtUwx0j7U_dWq5EXAs-e8lBhNM","y":"a4ZISQ_lIf6lDM0LznG0pbXAwe73upMUejd49k5gWWk","alg":"ES256"}}');
CREATE TABLE counter (
    member TEXT NOT NULL,
    agreement TEXT NOT NULL,
    counter TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (member, agreement, counter)
);
INSERT INTO counter VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','/permission/0',1);
CREATE TABLE counter_use (
    member TEXT NOT NULL,
    agreement TEXT NOT NULL,
    counter TEXT NOT NULL,
    request TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (member, agreement, counter, request)
);
INSERT INTO counter_use VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','/permission/0','5972457015c00b2bba799e559de4b3ae',1);
CREATE TABLE inbox (
    member TEXT NOT NULL,
    sender TEXT NOT NULL,
    process TEXT NOT NULL,
    message TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (member, sender, process, message)
);
INSERT INTO inbox VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','did:web:localhost%3A28443:ville','urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81','id:01a20185-48b1-7a03-8383-6b6d1ed9f72a',201,'{"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@type":"ContractNegotiation","providerPid":"urn:uuid:01a20185-48b5-75fb-9d34-48154c520730","consumerPid":"urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81","state":"REQUESTED"}',1795321841845);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member TEXT NOT NULL,
    peer TEXT NOT NULL,
    process_kind TEXT NOT NULL,
    process TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    reason TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    UNIQUE (member, process_kind, process, seq)
);
INSERT INTO outbox VALUES(1,'urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','did:web:localhost%3A28443','negotiation','urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81',1,'request','https://localhost:28443/dsp/2025-1/negotiations/request','','done',0,1795321841841,1795321961841,NULL,1795321841841,1795321841848);
INSERT INTO outbox VALUES(2,'urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','did:web:localhost%3A28443:ville','negotiation','urn:uuid:01a20185-48b5-75fb-9d34-48154c520730',1,'agreement','https://localhost:28443/ville/dsp/2025-1/negotiations/urn%3Auuid%3A01a20185-48b1-794d-9db8-8f4f2157bb81/agreement','','done',0,1795321841845,1795321961845,NULL,1795321841845,1795321841854);
CREATE TABLE replay (
    member TEXT NOT NULL,
    used BLOB NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (member, used)
);
INSERT INTO replay VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',X'c67f210602e29b58a9da405aba0dbf0b',1795322202000);
INSERT INTO replay VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',X'2925615837fe2afb2f7cd05df431e653',1795322202000);
CREATE TABLE log_head (
    member TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
);
INSERT INTO log_head VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',20,X'cb0869f13e283717e7e8131925ec61f8b8dca045dd983a8dad765ecfbcfb9e76',1795321843668,3,replace('localhost:28443/log\n20\nywhp8T4oNxfn6BMZJexh+LjcoEXdmDqNrXZez7z7nnY=\n\n— localhost:28443/log GWHFk+3uBGtBQHwHJl7kKYO08441rFQh+ZAdffZk7Z1uAIPiloDQEg8oY4nAhPF1W3DDe+yJq0i2bwdPfOhHWaUIQwQ=\n','\n',char(10)));
INSERT INTO log_head VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',17,X'a7b546f5e90f046e65b7a8049290f28fa6d3aca00f4a3412d1317052e907b209',1795321843679,3,replace('localhost:28443/ville/log\n17\np7VG9ekPBG5lt6gEkpDyj6bTrKAPSjQS0TFwUukHsgk=\n\n— localhost:28443/ville/log nMquUi9PeMad9AGNhEmBQhpMpYShgNv3JXn1HVuMN4YMQOvVAeIjopdf7Wk6MvTRVdDcS5RnVguA/P2jc/Zxbpz5KAs=\n','\n',char(10)));
CREATE TABLE log_entry (
    member TEXT NOT NULL,
    idx BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT,
    leaf BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    PRIMARY KEY (member, idx)
);
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',0,1795321840207,'member.created',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b7d2c226b696e64223a226d656d6265722e63726561746564222c2276223a317d',X'f48333787b1b50a1b6a460313a60748cd0cd669d19339afd42cf2c35eabcbf8e');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',1,1795321840207,'member.key-added',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b226b6579223a224b6749366c46336470665337752d4348705339636b553332494e42684c4f746331386346397a4854316a67227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d',X'6d76ffb38c9d360d0477316434e96100f9bcc73d8ab5345b596994c0a4eaee80');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',2,1795321840207,'member.key-added',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b226b6579223a22387355384c775f754a3551776e4a39356e706f624a68365f4453363741495679314f70584f594641443473227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d',X'd0f6bf7205293f5aa9c8cd13aee02dea443667b016527db3c0ac4c7f6bfb8bc4');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',3,1795321840207,'member.key-added',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b226b6579223a22667648513577795431796e5079745079462d766b6c5f71653356483369766c3557656e61567a42505a5777227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d',X'a500c5355a7c088bdb72dbea8d1994150a87ca129ec7c65bfcf6888323fe87d4');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',4,1795321840207,'member.token-issued',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b22726f6c65223a22496f2d6d685f79304c4c7344753738786f6c70534464485051746246775243634562476f4b574570346d63227d2c226b696e64223a226d656d6265722e746f6b656e2d697373756564222c2276223a317d',X'6fef2e9bb44f87876be2c6ccfb702ea763d72221e7f97dcc8d3ba7c4f549676d');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',5,1795321840207,'member.statement-made',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b22646967657374223a2272524b78776e725f6836526d55724d524e4857334f5a7172476175614446523647736879423664636e5f59227d2c226b696e64223a226d656d6265722e73746174656d656e742d6d616465222c2276223a317d',X'68fd9fadcd2e3864a68fe6fd7cf3833f242d18d6c94eb397311379c6114940c9');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',0,1795321840315,'member.created',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b7d2c226b696e64223a226d656d6265722e63726561746564222c2276223a317d',X'f48333787b1b50a1b6a460313a60748cd0cd669d19339afd42cf2c35eabcbf8e');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',1,1795321840315,'member.key-added',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b226b6579223a2275644b734b747844355339374a57387a315851564d3937384f6849594173647473474e6e334f7071323738227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d',X'409702091a9a9b779fad5399cca0e4f4ddef6c4c1c1b6958ed541a85b524e46a');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',2,1795321840315,'member.key-added',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b226b6579223a22366e545157796f6f4b5642796a55456a67396450685f5230315456753645445470614d394c2d6431753145227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d',X'ac276c57fa8b0a5fcd01a0b2c9039bd653689524f12fc7194c10e309c5325818');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',3,1795321840315,'member.key-added',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b226b6579223a22496f7659796556333263425544443361383547667978326d726663627248314c626550426e6d6c46476667227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d',X'93cbaa016b03e6691f39ffc180db1736b01a6c9e6f24a8820e76a131006815e4');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',4,1795321840315,'member.token-issued',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b22726f6c65223a2276594d64317346343350613841714f4d31436a7535325a644a695861695a5549774c5674766369426d6873227d2c226b696e64223a226d656d6265722e746f6b656e2d697373756564222c2276223a317d',X'825ceb01ad2d874e2699e296be818f1ebf40afbebc4f079b5bd8c3512ac76539');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',5,1795321840315,'member.statement-made',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834302c2263223a7b22646967657374223a224a5262654e6f4a654b7a676b3139397472774c594169633448534858496e42436b386b5047756949666c59227d2c226b696e64223a226d656d6265722e73746174656d656e742d6d616465222c2276223a317d',X'2f00d535b6f6e7e168b8ff92e5f139d60bb4f72f26aac603fcee20986f86e165');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',6,1795321841537,'dataset.published',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a2267325a386d4e686974693343784372767a35555f797833763743745173516679434b684134496f5f594841222c22646967657374223a225f444c3469475f4f676856526e573650774362794136656e566a434e496e6b636137437733676570364b51222c227265766973696f6e223a226b4e694655794162644f426c4e5575644d38664f6a5f7a672d536b7a386c69627a34314143775265375f63227d2c226b696e64223a22646174617365742e7075626c6973686564222c2276223a317d',X'f693602b2fed77c8b8ad413622eb791aad854e78245477bc966806150a3b28af');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',6,1795321841841,'negotiation.requested',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a226f4f33636a3141704762596776667930534e6b6e325159494a556c527a326d76586d494e3475786a323067222c226e65676f74696174696f6e223a226c5a4a50614f78724f2d785f792d344e716a7155356d61455136683742473063705342594e64454a657759222c2270656572223a22563953337a4341386b6c326733384d59747a6e7379364670563636765a654f6f5779665147504a68737151227d2c226b696e64223a226e65676f74696174696f6e2e726571756573746564222c2276223a317d',X'60171dcb2b206b66f86d8530660de65a4331800bd649a208b60d8e0490f9a5dd');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',7,1795321841845,'negotiation.requested',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a2255656377374961754f32495137523747754455335f54575938324749336a6a2d44755134743732797a6645222c226e65676f74696174696f6e223a2235625f3576634f3936475132457036523151437069734d5557524e4261694365444f6c365278614b44306f222c2270656572223a22776c4e7a5f49416d70394e437055455079702d33636141376b3961526c656556354541736e74474d6e796b227d2c226b696e64223a226e65676f74696174696f6e2e726571756573746564222c2276223a317d',X'a3b94c8c7b455f79b298c331d9081729f8e6f446bc99a64a6d26223f656ad632');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',8,1795321841845,'negotiation.agreed',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a227a4454715056394c6f564a4b335979496a4c7742374552677476437241504e79774a3359325f6b55517a51222c226e65676f74696174696f6e223a223659667a654b41324454493958384e4d387842383241756f535635737557597a4b58444c73557946773149222c2270656572223a22636e52654f7770636d546a676452484b443552567336687178726c6a3263514945794d357774505545646b227d2c226b696e64223a226e65676f74696174696f6e2e616772656564222c2276223a317d',X'83ea3f23b16c52b6ead9a3ba2821242f7a79dd92e93beaed41af0231d32add5d');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',9,1795321841845,'contract.signed',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2261677265656d656e74223a22475476595652666b694a6e5531793150394e5032572d696e586f353252455747634a57594e2d7a597a4b41222c2264617461736574223a22663856724e635767556871314155394b502d6f425845626d797562714a535045315a4237435476524e754d222c22646967657374223a226457795938545a542d5650774552516f4e356d65624c734c346b4c7239446a7336714b43574c6d75307251222c2270656572223a224f36345044435f4c6569666c505a347166334b465658424453337a4442435a56554c684f367a6150723173227d2c226b696e64223a22636f6e74726163742e7369676e6564222c2276223a317d',X'f7378a21b0d2c66916206b4a81f59150aacbbfa35c3f44b304b042f3fe7fe3f9');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',7,1795321841851,'negotiation.agreed',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a227667384c4939744b6a594d43666e7134476f674a5750687279724f557531455a5233703545633778364f67222c226e65676f74696174696f6e223a2268686f544b2d6b795666675f46475a332d4372754b636335674a634a6964485072676c5a2d7952596f696f222c2270656572223a22566a7770447962723539783937734955326a7a7135536a425651764d6e67426778626a2d4e696165644759227d2c226b696e64223a226e65676f74696174696f6e2e616772656564222c2276223a317d',X'1831fd2a668c860464cec3988765f084c360ecdb7634518601c0c30ea971dcc5');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',8,1795321841851,'contract.countersigned',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2261677265656d656e74223a22724432572d625f2d6d726b676869376d2d51424572666f6d30317a4a78553766494d62484c394270756b6f222c2264617461736574223a227967626563586e5365785165422d595061663870717952536138314b44567850716e673479594d4d43554d222c22646967657374223a22302d68553830746a616e3566584c79566543764d4162374b483074624b6b6b7772342d725a307532324955222c2270656572223a224d7a75655f6b45793075345175316444355530646231464f446530303378496e74354c5165506d4a345863227d2c226b696e64223a22636f6e74726163742e636f756e7465727369676e6564222c2276223a317d',X'b7867eaaed9c5978e999427dd8c4b9b2cca467e2c16ed187be79e01a840afd70');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',9,1795321841851,'contract.signed',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2261677265656d656e74223a22794c5245376273645a44556d636b65354d4c384967595a343663457352766652704e316366687738784951222c2264617461736574223a2241675a32795232426a33305065644f6a6870697a45757a614c3135584c41586d4e5476304e31376e414251222c22646967657374223a224a753865484b7844325f6d546b6366794c4b5846777538366b316f6f564c492d564974357839334d724130222c2270656572223a222d5966306b696a6742745736344263627a37355a344d4b484c39626f6478784f574e634630704670596641227d2c226b696e64223a22636f6e74726163742e7369676e6564222c2276223a317d',X'3ced39806bff6172bc65ac85d646aff326e94bcd78761252148ff286e6ba0b32');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',10,1795321841851,'negotiation.verified',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a2279574735766f48646e4a5f774d566e5f464a705f7747692d465f546d4e774834374a5f3472335769355f49222c226e65676f74696174696f6e223a224a51536a2d694c695442787a534e36754e705a56396e44653864695a4d5575724535534c6c625a5a75446f222c2270656572223a22666c4c73456249537174676d4c77355a744249325f537751446d50704e33344a4d52456d4253317a714838227d2c226b696e64223a226e65676f74696174696f6e2e7665726966696564222c2276223a317d',X'7e2dfa368b97b6fc5d6c6b1e94c06862801f901b47eb757a545e1301da48066a');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',10,1795321841855,'negotiation.verified',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a226749534f394761462d314d49337a4a545548617449664c5a744d684a5a667732344a52476e365430465f4d222c226e65676f74696174696f6e223a22735a757457533455574576656f7930396142675368304472465062584a69455358597245706479336d3159222c2270656572223a226b3157644243535948756d346a7470336263794768384537345142725f634e386a545546617873577a6e4d227d2c226b696e64223a226e65676f74696174696f6e2e7665726966696564222c2276223a317d',X'92b5981deb18a94e9ddfa187bbcc98cd675d926f663977b12420c3179d9a0578');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',11,1795321841855,'contract.countersigned',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2261677265656d656e74223a224665616758356c3061365055635979302d58613856426f564e6932562d4b366c5437677376635944632d34222c2264617461736574223a224b2d4d684e6944443059564b6971336b6e78486378386d342d63573937584b2d68725932324667764b596b222c22646967657374223a226a774a62754570666e5145545f5f483938342d6d33786d4e334c4863705f5a692d744a4e745054796e4545222c2270656572223a226d65655757534d4a324636745f49514e7978364e747933303064574f2d4e696d6436474876672d7a363363227d2c226b696e64223a22636f6e74726163742e636f756e7465727369676e6564222c2276223a317d',X'a2fbc47c9b013c878cf1f15cf480a3ee12fd7d339520a9f34073853f4b4df009');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',12,1795321841855,'negotiation.finalized',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a223747456c677a2d6e486b355531696d346a305874486172514d51584e384f53376d5159666350346d485538222c226e65676f74696174696f6e223a2270775074727a47597354535a506b566b4743775a374c3566542d754f585833434e32417367534573345173222c2270656572223a22546477656b637a5536467038525f6542657330504c343373505678395a4a72675572323279386c5662496f227d2c226b696e64223a226e65676f74696174696f6e2e66696e616c697a6564222c2276223a317d',X'eab48952814249dcf820d736dddc9dcfc3aa4f7a1e9f16b93084a4e8e42ac8e6');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',11,1795321841858,'negotiation.finalized',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834312c2263223a7b2264617461736574223a226866544e5655655241644b6968527a316d51502d4c432d3641505241626d775f3664553559616d7a617134222c226e65676f74696174696f6e223a22774e4248496f62745f5466734f37752d525369695968577950462d4b564a6d53417752333841656b72364d222c2270656572223a2274325358534c4a7a387270476359776d7a6a4846585946325f3046386b4a4b7652695556795f4d487a6c77227d2c226b696e64223a226e65676f74696174696f6e2e66696e616c697a6564222c2276223a317d',X'34a006c63e83025694af4545e3234472e14d0e1b9b22c976eae5c42598cb022a');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',12,1795321842051,'transfer.requested',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a22586246445776314a385a6f47384763767954315f32766d6b4162754133786466516b64696d414c58665249222c2264617461736574223a22724b74795559315265655956533271783648684242626b5254326d6565625258484f4b635170573430376b222c2270656572223a2263686262417674687273434f487a533854475343434e574a5353703767567459324170646d5258506c6e73222c227472616e73666572223a223077324669487435557964764d36333864757a76636e336b2d51376e526870744f6a2d6d69476e3664556f227d2c226b696e64223a227472616e736665722e726571756573746564222c2276223a317d',X'cc8b5988568017e11d7a656a91a1bb10f5b1e7c7b62da59ee2f52acd8d5a0cf0');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',13,1795321842054,'transfer.requested',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a2241476a30564a503555664558357336667a5f75346442394a6f3461756631774c7445385159325536525563222c2264617461736574223a226b36504a48456b505746526b365a7a5a3845394b354a543230427556496d6c435076316f4734435a4f5951222c2270656572223a225251325444435750754b6d3761614b4a633562766b743067424b61304a36454e76444a6f4e75544b6d4477222c227472616e73666572223a2233666d7a504e774f696566566669636c2d7659484c596a4a505259786954345632386f687262735a774c67227d2c226661637473223a22457a5a4e6e61675041796b784d3366716d30555273524b5a773268397a714b4452746a4435307034376f63222c226b696e64223a227472616e736665722e726571756573746564222c226f7574636f6d65223a227065726d6974222c2276223a317d',X'e84eacc0c4f1d5f570364c5971497c60b003620a6e096e8bbe166ddc07f24bcb');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',14,1795321842054,'transfer.started',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a22443942475a5878552d58697551674661353933596171357432635a68575255304453457a416c584c74726f222c2264617461736574223a226759723932575155475f5545724a756450325435733542304f355a527370514275777a7931545a446d3341222c2270656572223a2245554b7a4f326147694e526767756b465849494b666e536c70444367446b69486336363577764d66786b6f222c227472616e73666572223a22675f52345767597331367a59565a32773176594b6e5a4e674631545a62374341414643396c325673744b63227d2c226b696e64223a227472616e736665722e73746172746564222c2276223a317d',X'd8cb9a8e80e82980fff7a09afe0d115407b5ec25a28a2d920080f036706b2ef7');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',13,1795321842060,'transfer.started',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a2270766538426e73565531666a763331336f42384a596979547232497468516b366b4a637868745079375963222c2264617461736574223a226e42696b36324275314959326c4d636d33345656415f4a5674304952343858544f4646515a2d394f636c45222c2270656572223a224f7176627a436b466d2d65666c7a55314e5738552d344450727653477673467579346e74716c384a62324d222c227472616e73666572223a227438536b5965583145684232396755555f743066446f5336304c725f704a725f3579695358644869324355227d2c226b696e64223a227472616e736665722e73746172746564222c2276223a317d',X'e850908c9524684f063780544eb8f4ba9a969cacc417e2dfebc2083b7cdee08b');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',15,1795321842332,'delivery.opened','5972457015c00b2bba799e559de4b3ae',X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a227a44725a536f7539684f616962707469636753775634523275302d4e55343177693047434f4468316c6363222c2264617461736574223a22526850336563467835785977452d79696a5f5a645657654b36346468657133327a4b4b45574d6a31786445222c226669727374223a2250536d36624d6374784c34535274417779475f76344553547439686b5a6c7330624750587a465365324477222c2270656572223a224a7a695a686c4472614248333263574366506c6639613062715573397343773933566d4f713339494f7341222c227472616e73666572223a227a66704775736a5858546877354a385a6565545131715f4645487444586832676c742d386777417a706d51227d2c226661637473223a2248584a6a556f463644314d566c5156505944595244645965763847754c694a317245633371597652567349222c226b696e64223a2264656c69766572792e6f70656e6564222c226f7574636f6d65223a227065726d6974222c22726566223a223539373234353730313563303062326262613739396535353964653462336165222c2276223a317d',X'f2507cbde340d0de700c8d6cb9161e7f4814c41afef5ae0137c8b6a6d357feb8');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',16,1795321842341,'delivery.closed','5972457015c00b2bba799e559de4b3ae',X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a22717966755333656e43304131374a6b72424a7938724950734e567456487055376367744c6d526969527351222c226279746573223a22777366505053346c45393254594e382d7163336c505931645a3173416e724542794f575f714f355146576b222c2264617461736574223a224b35414c57333658724e5969646a36725a4b5a615a6a4134704a596e3138713449616f504c30654d4a3673222c22656e64696e67223a224e622d7176554d703371396f5a745a6372375a70584a67744d334d39336c625f47614b716c434b52713659222c2270656572223a226e50564f566250317541554f56655977654872516b6b3358666d435538426432757352433575474a4e4f73222c22736861323536223a2236464a4c72707a784b716c5247516c634e6d494153353146524e53643030556a45427a4c46773074517073222c227472616e73666572223a223946307531543978426e704f51505a504a2d50327a32612d477a5f386d386e4a4b30502d6c444858703530227d2c226b696e64223a2264656c69766572792e636c6f736564222c22726566223a223539373234353730313563303062326262613739396535353964653462336165222c2276223a317d',X'8d6a7aae135dcaf7449834eff2b9fd80cec6eccaaa949ba1b2de66663d04827f');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',14,1795321842345,'delivery.received','5972457015c00b2bba799e559de4b3ae',X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a2248417865416141454b43417159523661675039395756354c3774714b77354437626e344458544855516d30222c226279746573223a22325531324e346f385761564372366e466c78617064386358764e735141476c724c765a527a7a6b43777663222c2264617461736574223a22694e317263416232757a516c745f6c4165785843452d7a39466f4859314d69744b6f54584e507475626b67222c22656e64696e67223a227841736f356a34794e734f4d3479353348324d593031526d2d5973765133757a31556f4163385851356451222c2270656572223a224a7a4f757363486e57746c65367a6d666d72772d513436752d467630647442677a546750787542346d2d34222c22736861323536223a2268774c744d32766451796f316b705f32656d487036495a57696b5a6e6463677456776d714b2d7772373963222c227472616e73666572223a22545833316e48667248656b6f386c472d436b757a6d584b74314d6b4a504841625130477567504b5a4c3345227d2c226b696e64223a2264656c69766572792e7265636569766564222c22726566223a223539373234353730313563303062326262613739396535353964653462336165222c2276223a317d',X'a054555dc17e3022ab384efa0ce325847c7be477bda94a389970b6918dab348a');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',17,1795321842352,'delivery.acknowledged','5972457015c00b2bba799e559de4b3ae',X'7b22616c67223a227368612d323536222c226174223a313739353332313834322c2263223a7b2261677265656d656e74223a227534446739565359797165305a4e567a43395a724e6d47463430307951544475702d763858427a67334134222c226279746573223a226d396e70756b706b4e427353537a645a536f4e59586f6f424f4e74455f61364e4b7455716c6330764c6d30222c2264617461736574223a22414c4a37583250364f586c56356a4d36394f6c505a717039353946766e4869624873473470745463737073222c2270656572223a224f55326a544c7264644a364a5771333339324a30556a2d57646d715148416b4e766d577473324f4e454145222c22736861323536223a227738587656462d6e7a586e2d614b6a6b505739486d51676f6a476435527a5f454f41713637494951614f30222c227472616e73666572223a225363434c665452646976712d62356c307470367670684665574469616f4c31514b50526f7a4c4635382d6f227d2c226b696e64223a2264656c69766572792e61636b6e6f776c6564676564222c22726566223a223539373234353730313563303062326262613739396535353964653462336165222c2276223a317d',X'67fa73ecf22f9bd9efd5215c9a091c955cbe22b5de225b4f9386e1a41fe6dcf0');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',18,1795321843668,'contract.revoked',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834332c2263223a7b2261677265656d656e74223a224f6d764b544f386161706f34536b4f734b4f7134766f5641464c44716755394838754b7359704943616f38222c2264617461736574223a226a7551446244465445635736443649504b50687649556a786644334853414638694e757a434e664d38564d222c22646967657374223a227762674a7266566d42634133785a64314f7133554773593271374454415270426a784a5036456d4e464977222c2270656572223a224e574f5632506c454761594f42684a5f34756164424964366161784a66525f763130634f455a564d5a6a30227d2c226b696e64223a22636f6e74726163742e7265766f6b6564222c2276223a317d',X'535dda3b08cd612bd6ec0567a17bc30f6057677b73dd393c151e30dc3ef87837');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',19,1795321843668,'transfer.terminated',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834332c2263223a7b2261677265656d656e74223a224e664a5171376e394c4e4d3742307033545551724d384c6d4a30654f4a613633444157375a434a58316f6b222c2264617461736574223a2267744f4c394b565850494a5f6156456a426334424f48624b6f414b6c2d2d78635a3633434854396a6f536b222c2270656572223a22346d644e71317a4a6268434b30764a564e6941796544787332636969373739736954426d494239366b4351222c227472616e73666572223a22356b4244655965792d316e5745577968493745573454645250664f582d435f306a4f6d68347444517a4538227d2c226b696e64223a227472616e736665722e7465726d696e61746564222c2276223a317d',X'5cb1a7f6c26a587a63d0dab2c1de294bf89fbaba90b507f315698c08f5df95cd');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',15,1795321843673,'contract.revoked-by-peer',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834332c2263223a7b2261677265656d656e74223a2246487652726f34506145637a6b4f6668747053427061754553363178657168334850336a79354c4c584873222c2264617461736574223a2276584f6d7670517a69554631484451695f4b63343856636431415064696b764e567336322d35616c6f5277222c22646967657374223a226d595a697077644c4e5159794748394b7748416a45496f615232457839314866306b3470334e436a597973222c2270656572223a22676f4f73694a5f655674565054536a4e72346d4f4b7779304459624f6f6175485149464e37736a63774377227d2c226b696e64223a22636f6e74726163742e7265766f6b65642d62792d70656572222c2276223a317d',X'e94553fe4e2cbe0449659955e90490329d4f9291cd512dee5dc937dcd4bdf95d');
INSERT INTO log_entry VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',16,1795321843679,'transfer.terminated',NULL,X'7b22616c67223a227368612d323536222c226174223a313739353332313834332c2263223a7b2261677265656d656e74223a22476d7a587837434642476f35367230734b692d656e4e6e586f55417954774468366c772d50446f764e5363222c2264617461736574223a224f5f575a584e7571533050644e6c334275334172495f7a6c6c346873575a3566562d3779592d6448654377222c2270656572223a22666c34774233314f496a6c64704339714171455359394a5a4c775036336a413965454f6a63724d61494963222c227472616e73666572223a223746416b676e64766d46412d5945484d67784c59367a4e69656646776365394c5459464747515642316263227d2c226b696e64223a227472616e736665722e7465726d696e61746564222c2276223a317d',X'8c122f036dce26d475e48cbf9e95eb06a975533c14f9da23b69970c76476b042');
CREATE TABLE log_tile (
    member TEXT NOT NULL,
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    root BLOB NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (member, level, idx)
);
CREATE TABLE entry_body (
    member TEXT NOT NULL,
    idx BIGINT NOT NULL,
    agreement TEXT,
    body TEXT NOT NULL, opening_key TEXT,
    PRIMARY KEY (member, idx)
);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',0,NULL,'{"kind":"member.created","fields":{}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',1,NULL,'{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443#EiP1tI9EcG-VmLY_MH7g9zZ3wEurtCyzFCvSIctSmPY","salt":"INbG-T5rmnG9IO4ITMTPpZDv1x-DqMcSsjNRVBGq6Fs"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',2,NULL,'{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443#RvbdNRzwD9uepqiVvOuOH8wrN9ZY6ocWJBrI7Ihz2cI","salt":"8Vb87KjJj4xywj1CfjlVAq8ysrkkUMWDWYLKy7sLjdU"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',3,NULL,'{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443#mRqvXM9H8yPtwBloY77JUoAyM5kSTOvOjr4C5mkgVmU","salt":"WiFfQPtF3FXRq2N4EpC2ISLCCpTxflNX2Dedi4HsdmI"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',4,NULL,'{"kind":"member.token-issued","fields":{"role":{"value":"admin","salt":"0GlJkR4K6EaIaY84TebPiLX6yhQz2QKe3PulqgEJNMg"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',5,NULL,'{"kind":"member.statement-made","fields":{"digest":{"value":"m_oxnBCDJvS0Wa-QUWQqQ1NBT08yo7RaukYmNCBzEAU","salt":"k68ZeChYrmfyZNXL3w2EJIeon2xOCaPVVO0QPjIneTw"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',0,NULL,'{"kind":"member.created","fields":{}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',1,NULL,'{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443:ville#nhanMzEn5jVLyP2ehdAiMP9CQl5JAD4HLO5hsxc8suA","salt":"iBFSo3MqtXut4TVMbGyYKRQfktHCnsQnGbKAAr5CwiA"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',2,NULL,'{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443:ville#YPXuIkIgjIlHbPrUYv3dbi5Ri1ylkG67lnFz01gGNwI","salt":"8xzU-U6uTDQapt9JbxegZP4Mi8oqOJoX9hX2UfQnjzs"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',3,NULL,'{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443:ville#Lw8Q_cxtB2F1J10vi5k97rnIGrwi6PVZfQs3SrxpRP4","salt":"gY-a_5x1G57fa5YAiRz56QmZlXLLabTqMqGo7TmVLAU"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',4,NULL,'{"kind":"member.token-issued","fields":{"role":{"value":"admin","salt":"lIKrNfTXSG16mZIaqCZG_Hwzc7FuzCj7Bq4BOu_D8yA"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',5,NULL,'{"kind":"member.statement-made","fields":{"digest":{"value":"BN0iFKbOLXxKWK6gQL-nP3jkCMligiqlq38eclftvcE","salt":"6hVCeZPxhrfiXcu1pLRYjyfMhLDgs3ZXt6PXr3QV9nk"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',6,NULL,'{"kind":"dataset.published","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"UId_eeTSI0kms3CtGDsocL0lCG3SkKz0JvgzzUW42Hc"},"digest":{"value":"4Sfnt8n2bDDN257infmm_o7Izv6btbczjwjSLXMB41A","salt":"cFhyzT79Fwet64v_iTeYuCAlmilBf5fxJoWeFa8vmQQ"},"revision":{"value":"1","salt":"1FAuDrRZfANCS2yjW6_s-D7t7YhOYUTD-aOJvODDR74"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',6,NULL,'{"kind":"negotiation.requested","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"Xca9HWNV8LgbNqyPENnqxcCiQMJRjgNDlpwqNH7RXQ4"},"negotiation":{"value":"urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81","salt":"fsRyB0a7JpfVTNyEqMEKrlFtTwES7suc20QXdnqzXBc"},"peer":{"value":"did:web:localhost%3A28443","salt":"8v8sbL6JFaVaFZV0xhmV5-JdkuKyZ20WaaVHaEAuwWg"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',7,NULL,'{"kind":"negotiation.requested","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"wIZM6jtAWYmbzzDlVEEtHV40LD8ZbOJmtEnCFzq1vok"},"negotiation":{"value":"urn:uuid:01a20185-48b5-75fb-9d34-48154c520730","salt":"Aw2OPJL9tUKudAP-0LnBcY89snqEPFgUhG_C_-86yyg"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"i5y30lTGb2w6eBd73o14mGhUIiVVXIjodVdFNoRMG_A"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',8,NULL,'{"kind":"negotiation.agreed","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"qdoQ_czfzscIdV0eXI8Oz5rXRpB4N99w9-RlDqiJ_OA"},"negotiation":{"value":"urn:uuid:01a20185-48b5-75fb-9d34-48154c520730","salt":"4sF5pehMG5n33aU7DRuR0RRnrWeD3UX4W1sV732KLn4"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"oRujeqb1g3ZWdnTQjz-A15yekNDBDNZ1ZvEafHOihF4"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',9,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"contract.signed","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"fGKDSvWEBuiHdZwYO5G8wBlCNC_u5odyF75MqVYjGEI"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"AEH7YXr1Dju2g-k7iFkLUHoMq-whRHmEYHLXCeifpUE"},"digest":{"value":"0H5sTBQl2Ma8fb2G_ZbjZiLgZdX_oL0A8vlrNjUXk70","salt":"ZXsJvt6bjVrhzLsYzoOWFI5UeWUQPZ5PHegay3kvtvM"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"ohizgFxX1IwweSIcDor0VC4LRLMsT7kXK5xYofryLiU"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',7,NULL,'{"kind":"negotiation.agreed","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"RhwrACZIRDzBCDahr_ESvGvhWZrO_-cRd8NyLZl1q1A"},"negotiation":{"value":"urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81","salt":"5KVD_624MUe_tQXyudjWAs_8YZnx5-mtFYHiYEMbjcc"},"peer":{"value":"did:web:localhost%3A28443","salt":"g5-s-L_Z5IWhh4aaK4iJyytSELhtoKMwGgtccn3S2Hw"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',8,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"contract.countersigned","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"fUUNs30gUFRIODNvuRMNK0_lLyuAPinhGR83KocSmPs"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"I7yJK2UGrSVrK4TeMLBPqFKmveH7dI8bUVFhbR-7wsE"},"digest":{"value":"0H5sTBQl2Ma8fb2G_ZbjZiLgZdX_oL0A8vlrNjUXk70","salt":"s2xFPlvLMhsDEvJJF1BxMN7zAz9V6KGDgEiUSesfk-U"},"peer":{"value":"did:web:localhost%3A28443","salt":"i-eNvv_GqSt5kbQHmZEiz4TrGpKzM4UE-LZY8TYghK8"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',9,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"contract.signed","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"rtncLmrd7P1LvDVSHuSojSuIMtNR9XBynYqGhiboUoM"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"Dc0y6vNLDzLeN4-apazvs0taKFNCFj8uEve0xnLpSQw"},"digest":{"value":"0H5sTBQl2Ma8fb2G_ZbjZiLgZdX_oL0A8vlrNjUXk70","salt":"uLfi_3SrIXii5nckXZq98DAPixqB9Oyw2hsSzb75OEs"},"peer":{"value":"did:web:localhost%3A28443","salt":"ghSn08UBYqqUUhuRoVc01plotjZzdTKjJwXVO5Eng_I"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',10,NULL,'{"kind":"negotiation.verified","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"vbFo8LoIlJT-1faB7IzqlGe7o6N5eC_Qlva7IMCxlMk"},"negotiation":{"value":"urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81","salt":"6ACjXajpAMt-Ldlh2KEtyX8QGQxHpw-fVwOuFv7214o"},"peer":{"value":"did:web:localhost%3A28443","salt":"Np-JZtoFBEqZ_MfS0yP6MZL4cC9WM6jQQKWs3_3v8Jo"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',10,NULL,'{"kind":"negotiation.verified","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"jv1WeJ5jfDeILfoBrDmsXhIhCWgUDhmiAmsw8Gw3uYk"},"negotiation":{"value":"urn:uuid:01a20185-48b5-75fb-9d34-48154c520730","salt":"6oVsU_q-Wm9p3QZLwvpjseQ-P2wFPykpkbHuvJ4JC3w"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"EitUKt-zg7GUW2iJCHTg9Hn18FP1OdVTkOjm9DPVFzQ"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',11,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"contract.countersigned","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"auxsC32CqVOc4Zl6bE92OR_ZDQ6F62nAj6Q8m0-97i8"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"1sNZNLoZy_oGjVoQZFY9xw4BjAtJBpdQDpOGXVvVSxk"},"digest":{"value":"0H5sTBQl2Ma8fb2G_ZbjZiLgZdX_oL0A8vlrNjUXk70","salt":"OHqUXzL4hv6X3apIfu8yd8jL1zNCHIIqGkNSRB-j7f8"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"coqZTg9FYKjBRlXCQ2ZH2puEhud7_ghImU4jgPZhYuU"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',12,NULL,'{"kind":"negotiation.finalized","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"W6FFmqWZ8Sdh615xBWr6dCwvhIEQv4tdYSLEGbmdkow"},"negotiation":{"value":"urn:uuid:01a20185-48b5-75fb-9d34-48154c520730","salt":"rQT6azNcVsGjjdsdoBzKIg3hmxqLu0VxhcPYcmDeKjA"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"w9io7C2ED7okmCmtru6diXKRaIxMym4vsbr_LiSXd0M"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',11,NULL,'{"kind":"negotiation.finalized","fields":{"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"QCNtBmUQi2RJp1OqlIxKZbrAnXh0bYYnGiHqa70NAxc"},"negotiation":{"value":"urn:uuid:01a20185-48b1-794d-9db8-8f4f2157bb81","salt":"1ZOBsS_XBMH2Gi447fr8dENPrfG3QPB5yg9cSeo8GqE"},"peer":{"value":"did:web:localhost%3A28443","salt":"FXG91LbY6CWo9bjYMFJXtnHWp3_HmNnuLbzEPqJxQsc"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',12,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"transfer.requested","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"-dgdqvdJLOEpB0WTc_KzyqUARvAlmhSOeobPur65AHg"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"lNEUkzDTh8AY4iT6yYFaPcps87yPH5drnxlgS7204Uw"},"peer":{"value":"did:web:localhost%3A28443","salt":"0ZoxlYygGd6dFZ83cUMMyBC8a-qu135eXlHWnjk9k58"},"transfer":{"value":"urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045","salt":"ZerYSjlTQfiMzBAlA-LFjxLrc6V8ahFPkDJcZmREHvQ"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',13,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"transfer.requested","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"sTDaPlssRCHKQQD0gX8QOtoB5vihGSe6xy8BaNg5Biw"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"Hwo0_NLGnmo5DQqaPF0IdpG8q4utotqYkfWYY3NHhr0"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"pAK0iGgbW8nlDLv_DldGseq32icAZvjvOxZC6mYY4Nc"},"transfer":{"value":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","salt":"9C-IhJ7se-F9Q9rR6Qt1UmQ-cYf1McylvTxGbuy41AQ"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',14,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"transfer.started","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"jCI2C3SKARzsF6F6q0Bkbd8hf3tUd2x8MxbAa2Wh8n4"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"T2GOJYnmGyOZpguQGDul4iirXEFHc9YBeKAeiPpFny4"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"8LOm3AA4a4FQqo8sIkKmFbD_Av1l9wSZFxS_CFthIKM"},"transfer":{"value":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","salt":"BQBwdnO5GYqtq5tMDg6m5o9_H5U1KhSEojk84lB1pYw"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',13,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"transfer.started","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"xX342q5MIhew0FZ9EZRGhHCVXn2ezD6wf4yG07Qs8rQ"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"6_4AlPtK_SAGoExmW42aO6IyqPEMpZ0YaijMdt3b6sU"},"peer":{"value":"did:web:localhost%3A28443","salt":"7emFwsmvNhoZk8mKUvsVs9Msyja42f3JBNSxm4OgivQ"},"transfer":{"value":"urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045","salt":"p5ZZJ4p9dmgdW5dqJgx-8Y7TvSpGAyTo_gNAhEk0peY"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',15,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"delivery.opened","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"tcI0q7zUeQ0-llhys81k4Uk2rlduwNrU22GYIGscxkg"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"aIQ9cLiPvAFIdiRvUOG-Y7tGGLfDHa9KlJdmttEpwK4"},"first":{"value":"0","salt":"FcjXs6t5TsWGC3z5IQOGIGtUgujeOJeHUabnI6I6IUE"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"8N0nb1-7_NiRZIbIrnJ9LZZCeVdleKbqJKr5xcuW2VM"},"transfer":{"value":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","salt":"FUYUOo_kzFkXmsyBfOVt5VboxsgTzTutJ7xbXVLOOmg"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',16,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"delivery.closed","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"LGLHKAZ-QHijZZMItB_Aa9s7h-dHDgznQc4M5WE_H9Q"},"bytes":{"value":"8","salt":"TWDEn6rZy9GzfO6A6gAKpIptJdnk45uoll8bOv6B6PA"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"FrNtDtVuIxcaHLKMY015kNLxNEvQN5UVnvNiIvFT-fY"},"ending":{"value":"complete","salt":"e6qX99i5qjRxgtErgO4vcSWvWTnX1pXobhFYaHbQHMA"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"oVNj9ObpYgpRwSqzh-xb_vkRAIIrW93CIVgSW7ID8eY"},"sha256":{"value":"403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291","salt":"hrfxEYW0-JttZBvJFRmK060038sGM3NVkLkx0t05u5Q"},"transfer":{"value":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","salt":"-hqlursGa02jp9F4DrNWUKQQKtOszJLCVnBQVOq8bLo"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',14,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"delivery.received","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"lhWqL65fC54w6yjwxGNhB0FzfS0h1R94p2um95jnaaI"},"bytes":{"value":"8","salt":"bbj11vYr5eRzpvoIBN2-G6QtC1yWEnYvJCzKfu-niC4"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"AsTKSnnQJFUsGCfPuiPtMNFwrPI9OJq4riDMiZf-NI8"},"ending":{"value":"complete","salt":"0ftV8dyPZaPeVOn-08VdZXXZONi89ieA76s7iGFp8qo"},"peer":{"value":"did:web:localhost%3A28443","salt":"z8NIjVWWh0Rd9TjZYUOEyutEB5c0y0Xjitnq83_Riuk"},"sha256":{"value":"403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291","salt":"l5Z5PcosWh5BjkWMvKDkZ4jqKbapLobAujiQIN87GyQ"},"transfer":{"value":"urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045","salt":"rXifON34mJ6iG64yl1iHC3rpcmrKYJ5AKJLhjJLUvIU"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',17,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"delivery.acknowledged","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"zY7zs3UPMNpw5mI7BzUW3fOHUk8jAvT0bSUnBvCxkWc"},"bytes":{"value":"8","salt":"ZtcZG0sxoFdqt4RWHMjCjbqZBc1ejFsl2NorPiCOQy0"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"RpKE5EhD_h5rQ61oCebfuGF7FLJJqgV9SI_1WFLqM4I"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"aF89wBSPFzuFjYhyKSmTpn2TykD8VglgbgSwRB2m-50"},"sha256":{"value":"403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291","salt":"lKSQq4_vWgjZgUVAE94NuvhjLWAPQ8FvTwAx14c4F2I"},"transfer":{"value":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","salt":"W10dfNbvvdJx-n2dldOPAikjzPqb5Apef1p1Q_5x6xo"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',18,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"contract.revoked","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"Thk9wSjr4E7LjSGCVoqRO0ttiApFVnJ5wZpQi8ybCEk"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"ExL5JJM4WJy_E6MR3vvc9Nm1MAL9UzFE4CUVyFcLZY4"},"digest":{"value":"0H5sTBQl2Ma8fb2G_ZbjZiLgZdX_oL0A8vlrNjUXk70","salt":"HLNg7J94a5Hxl3-2oJmQb2OV7pJbUNR1pkWaJvUWNOY"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"-a5Apz4fh3zd3dpbx79E1x5maVH8kJlTgpEWKPxnows"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',19,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"transfer.terminated","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"cMZ_dIm1qTwEhtO13BA-5fYbKIslHZhAbTbvafLeeQ4"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"d81UHjZUAJm6--SFABPDmj1IdRCWoaoIhYM24pFSBto"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"3M0qf_BHVpDSEqEdgs9g0ah4-yA4NAauaWAjVHt-cf4"},"transfer":{"value":"urn:uuid:01a20185-4986-7da1-85fb-fb587240fab8","salt":"j-S6hPkEdhbxeBq0NkKQ07aMbAt_oY11zWwS_NW773Q"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',15,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"contract.revoked-by-peer","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"lXrXFh3KBnvhx9b1kNCb4RkZAvG_I86xweT-yWDC-z4"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"HU7ev7cVKdEiy5V42ziEeD5AbakqLsxmnwECUfnUcmE"},"digest":{"value":"0H5sTBQl2Ma8fb2G_ZbjZiLgZdX_oL0A8vlrNjUXk70","salt":"n8lTveP8xIUnDzObmYbCw_ozzgZlT4eyuoSVWuZ8Svw"},"peer":{"value":"did:web:localhost%3A28443","salt":"r5Jyg2FSx6HOchbpXrJF2YwhD7AFB4qhUcEf__nB5vU"}}}',NULL);
INSERT INTO entry_body VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0',16,'urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06','{"kind":"transfer.terminated","fields":{"agreement":{"value":"urn:uuid:01a20185-48b5-7b62-bed5-65821d675b06","salt":"AKf6dwZXJ1sm5g-sLIEw7ebvxhjhvX-OsBsnWIv3S4o"},"dataset":{"value":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","salt":"dc4jIevmTOAn96-F3wO0LavlL9VNEtZ7RGbqKwOGa7M"},"peer":{"value":"did:web:localhost%3A28443","salt":"PvNKaANKwIm36R3xVpsUWrmrLNAqyotIGFVIf74VUuo"},"transfer":{"value":"urn:uuid:01a20185-4981-7bf7-849d-f29295d7c045","salt":"EQrWCNRkax6q7W7sgvB9h84Lcdi3glRAJiMd65Lh4hQ"}}}',NULL);
CREATE TABLE decision_facts (
    member TEXT NOT NULL,
    idx BIGINT NOT NULL,
    salt TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (member, idx)
);
INSERT INTO decision_facts VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',13,'aLjIoozqIEI-tPpmoqXQv84cvGG0XVWLnjS_ujSdJ4Q','{"decision":{"consumes":[{"amount":1,"counter":"/permission/0","limit":5}],"outcome":"permit","permission":"/permission/0","reasons":[{"expected":"use","key":"rule","kind":"permission","pointer":"/permission/0","verdict":"satisfied"},{"expected":"did:web:localhost%3A28443:ville","found":"did:web:localhost%3A28443:ville","key":"constraint","kind":"permission","operand":"recipient","operator":"eq","pointer":"/permission/0/constraint/0","verdict":"satisfied"},{"expected":"5","found":"0","key":"constraint","kind":"permission","operand":"count","operator":"lteq","pointer":"/permission/0/constraint/1","verdict":"satisfied"}],"v":1},"facts":{"counts":{"/permission/0":0},"firstUse":"never","fulfilled":[],"governingLaw":{"level":"declared","value":"FR"},"now":"2026-11-22T04:30:42.054Z","processingPlace":{"level":"declared","value":"FR"},"recipient":"did:web:localhost%3A28443:ville","signedAt":"2026-11-22T04:30:41.845Z","v":1},"request":{"action":"read","target":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","v":1},"salt":"h9zATg1z10GcoTfJgHTBq7HG7ohOslDLgkv81NuRJME","standing":null,"v":1}');
INSERT INTO decision_facts VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece',15,'BcGaSfx3u5hDLWVAzNpU4HOBRGwgQH-22VCv0f5zELI','{"decision":{"consumes":[{"amount":1,"counter":"/permission/0","limit":5}],"outcome":"permit","permission":"/permission/0","reasons":[{"expected":"use","key":"rule","kind":"permission","pointer":"/permission/0","verdict":"satisfied"},{"expected":"did:web:localhost%3A28443:ville","found":"did:web:localhost%3A28443:ville","key":"constraint","kind":"permission","operand":"recipient","operator":"eq","pointer":"/permission/0/constraint/0","verdict":"satisfied"},{"expected":"5","found":"0","key":"constraint","kind":"permission","operand":"count","operator":"lteq","pointer":"/permission/0/constraint/1","verdict":"satisfied"}],"v":1},"facts":{"counts":{"/permission/0":0},"firstUse":"never","fulfilled":[],"governingLaw":{"level":"declared","value":"FR"},"now":"2026-11-22T04:30:42.332Z","processingPlace":{"level":"declared","value":"FR"},"recipient":"did:web:localhost%3A28443:ville","signedAt":"2026-11-22T04:30:41.845Z","v":1},"request":{"action":"read","target":"urn:uuid:01a20185-4781-7e20-b207-9fa4c00cd087","v":1},"salt":"o_j__-2itop7qASWxKGXBVBjJruDOARV8QeFstkh9gM","standing":null,"v":1}');
CREATE TABLE event_cursor (
    member TEXT NOT NULL,
    consumer TEXT NOT NULL,
    idx BIGINT NOT NULL,
    PRIMARY KEY (member, consumer)
);
CREATE TABLE pull (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    transfer TEXT NOT NULL,
    path TEXT,
    target TEXT,
    state TEXT NOT NULL,
    outcome TEXT,
    created BIGINT NOT NULL,
    ended BIGINT,
    PRIMARY KEY (member, id)
);
CREATE TABLE twin_check (
    agreement TEXT NOT NULL,
    member TEXT NOT NULL,
    state TEXT NOT NULL,
    tried BIGINT NOT NULL,
    answered BIGINT,
    ours BIGINT NOT NULL,
    theirs BIGINT NOT NULL,
    report TEXT NOT NULL,
    evidence TEXT,
    PRIMARY KEY (member, agreement)
);
CREATE TABLE witnessed (
    hash TEXT NOT NULL,
    origin TEXT NOT NULL,
    member TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    fork TEXT,
    PRIMARY KEY (member, hash)
);
CREATE TABLE cosigned (
    member TEXT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE stamp (
    member TEXT NOT NULL,
    size BIGINT NOT NULL,
    authority TEXT NOT NULL,
    at BIGINT NOT NULL,
    checkpoint TEXT NOT NULL,
    token BLOB NOT NULL,
    PRIMARY KEY (member, size, authority)
);
CREATE TABLE log_epoch (
    member TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    ended TEXT NOT NULL,
    lost TEXT,
    PRIMARY KEY (member, epoch)
);
CREATE TABLE opening_key (
    kid TEXT NOT NULL,
    member TEXT NOT NULL,
    subject TEXT NOT NULL,
    year BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (member, kid)
);
CREATE TABLE harvest_source (
    name TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    cursor TEXT,
    tried BIGINT NOT NULL,
    succeeded BIGINT,
    fault TEXT,
    report TEXT NOT NULL,
    PRIMARY KEY (member, name)
);
INSERT INTO harvest_source VALUES('catalogue.ttl','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','import','https://source.example/',NULL,1795321850000,1795321850000,NULL,'{"found":1,"added":1,"changed":0,"unchanged":0,"deleted":0,"own":0,"known":0,"quarantined":0,"bytes":812}');
CREATE TABLE harvest_record (
    origin TEXT NOT NULL,
    member TEXT NOT NULL,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    graph TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (member, origin)
);
INSERT INTO harvest_record VALUES('https://source.example/a','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','catalogue.ttl','00112233445566778899aabbccddeeff','{"origin":"https://source.example/a","subject":"https://source.example/a","title":{"fr":"Mesures"}}',NULL,1795321850000,1795321850000);
CREATE TABLE convention (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    side TEXT NOT NULL,
    peer TEXT NOT NULL,
    standing TEXT NOT NULL,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id)
);
CREATE TABLE duty (
    agreement TEXT NOT NULL,
    member TEXT NOT NULL,
    pointer TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    measure TEXT NOT NULL,
    due BIGINT,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, agreement, pointer, occurrence)
);
CREATE TABLE framework (
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    standing TEXT NOT NULL,
    publisher TEXT NOT NULL,
    digest TEXT NOT NULL,
    adopted BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id, version)
);
CREATE TABLE membership (
    member TEXT NOT NULL,
    framework TEXT NOT NULL,
    side TEXT NOT NULL,
    applicant TEXT NOT NULL,
    operator TEXT NOT NULL,
    state TEXT NOT NULL,
    siren TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, framework, side, applicant)
);
INSERT INTO membership VALUES('urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','urn:uuid:01a20185-0000-7000-8000-000000000001','operator','did:web:localhost%3A28443:ville','did:web:localhost%3A28443','member','552100554',3,1795000000000,1795000000000,'{"version":"1.0.0","question":null,"from":null,"appealed":false,"kind":"commune","name":"Ville","siret":null,"application":"a.b.c","charter":"a.b.c","reasons":[],"credential":null,"place":"FR","law":"FR","labels":[]}');
INSERT INTO membership VALUES('urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','urn:uuid:01a20185-0000-7000-8000-000000000001','applicant','did:web:localhost%3A28443:ville','did:web:localhost%3A28443','member','552100554',3,1795000000000,1795000000000,'{"version":"1.0.0","question":null,"from":null,"appealed":false,"kind":"commune","name":"Ville","siret":null,"application":"a.b.c","charter":"a.b.c","reasons":[],"credential":null,"place":"FR","law":"FR","labels":[]}');
CREATE TABLE seat (
    member TEXT NOT NULL,
    framework TEXT NOT NULL,
    body TEXT NOT NULL,
    seat TEXT NOT NULL,
    holder TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (member, framework, body, seat)
);
CREATE TABLE question (
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    framework TEXT NOT NULL,
    outcome TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id)
);
CREATE TABLE ballot (
    member TEXT NOT NULL,
    question TEXT NOT NULL,
    seat TEXT NOT NULL,
    holder TEXT NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    ballot TEXT NOT NULL,
    PRIMARY KEY (member, question, seat)
);
CREATE TABLE directory_entry (
    member TEXT NOT NULL,
    framework TEXT NOT NULL,
    did TEXT NOT NULL,
    seen BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, framework, did)
);
CREATE TABLE status_list (
    id BIGINT NOT NULL,
    member TEXT NOT NULL,
    used BIGINT NOT NULL,
    step BIGINT NOT NULL,
    start BIGINT NOT NULL,
    revoked BLOB NOT NULL,
    suspended BLOB NOT NULL,
    PRIMARY KEY (member, id)
);
CREATE TABLE credential_issued (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    holder TEXT NOT NULL,
    kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    standing TEXT NOT NULL,
    list BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    created BIGINT NOT NULL,
    until BIGINT,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id),
    UNIQUE (member, list, idx)
);
INSERT INTO credential_issued VALUES('urn:uuid:01a20185-0000-7000-8000-000000000002','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','did:web:localhost%3A28443:ville','MembershipCredential','vc20-bssl/jwt','active',1,7,1795000000000,1826536000000,1,'a.b.c');
CREATE TABLE entitlement (
    holder TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    claims TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, holder, kind)
);
INSERT INTO entitlement VALUES('did:web:localhost%3A28443:ville','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','MembershipCredential','{"framework":"urn:uuid:01a20185-0000-7000-8000-000000000001"}',31536000,1795000000000);
INSERT INTO entitlement VALUES('did:web:localhost%3A28443:ville','urn:uuid:01a20185-4249-776b-ac4c-27a727f02ece','LabelCredential','{"labels":["eau"]}',31536000,1795000000000);
CREATE TABLE credential_request (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    side TEXT NOT NULL,
    theirs TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    kinds TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, side, id)
);
CREATE TABLE credential_held (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    until BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, issuer, kind, profile)
);
INSERT INTO credential_held VALUES('urn:uuid:01a20185-0000-7000-8000-000000000002','urn:uuid:01a20185-42b3-7a3c-b1fc-fef3ffd058f0','did:web:localhost%3A28443','MembershipCredential','vc20-bssl/jwt',1826536000000,1795000000000,'a.b.c');
CREATE TABLE attested (
    peer TEXT NOT NULL,
    member TEXT NOT NULL,
    credential TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    status TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    verified BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    lost TEXT,
    PRIMARY KEY (member, peer, issuer, credential)
);
CREATE TABLE status_seen (
    list TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    purpose TEXT NOT NULL,
    stated BIGINT,
    fetched BIGINT NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (member, list)
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',9);
CREATE INDEX member_key_member ON member_key (member);
CREATE INDEX api_token_member ON api_token (member, id);
CREATE INDEX dataset_shown ON dataset (member, withdrawn, rung, id);
CREATE INDEX offer_dataset ON offer (member, dataset, revision, position);
CREATE UNIQUE INDEX negotiation_peer ON negotiation (member, role, peer, peer_pid);
CREATE INDEX negotiation_state ON negotiation (member, state, pid);
CREATE INDEX agreement_dataset ON agreement (member, dataset, id);
CREATE UNIQUE INDEX transfer_peer ON transfer (member, role, peer, peer_pid);
CREATE INDEX transfer_agreement ON transfer (member, agreement, state);
CREATE INDEX transfer_state ON transfer (member, state, pid);
CREATE INDEX delivery_open ON delivery (member) WHERE closed IS NULL;
CREATE INDEX delivery_transfer ON delivery (member, transfer);
CREATE INDEX receipt_waiting ON receipt (member, peer) WHERE state = 'waiting';
CREATE INDEX inbox_at ON inbox (at);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'waiting';
CREATE INDEX replay_expires ON replay (expires);
CREATE INDEX log_entry_reference ON log_entry (member, reference) WHERE reference IS NOT NULL;
CREATE INDEX entry_body_agreement ON entry_body (member, agreement) WHERE agreement IS NOT NULL;
CREATE INDEX pull_running ON pull (member) WHERE state = 'running';
CREATE INDEX pull_ended ON pull (member, ended) WHERE ended IS NOT NULL;
CREATE UNIQUE INDEX opening_key_subject ON opening_key (member, subject, year);
CREATE INDEX harvest_record_source ON harvest_record (member, source, origin);
CREATE INDEX duty_open ON duty (member) WHERE state IN ('pending', 'due', 'overdue');
CREATE INDEX delivery_dataset ON delivery (member, dataset);
CREATE INDEX delivery_agreement ON delivery (member, agreement);
CREATE INDEX credential_request_theirs ON credential_request (member, side, peer, theirs);
-- Several credentials of one type for one holder, told apart by what they are about: the framework of a membership, a use case.
CREATE TABLE entitlement_about (
    holder TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    claims TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, holder, kind, about)
);
INSERT INTO entitlement_about (holder, member, kind, about, claims, seconds, created)
    SELECT holder, member, kind, COALESCE(json_extract(claims, '$.framework'), ''), claims, seconds, created FROM entitlement;
DROP TABLE entitlement;
ALTER TABLE entitlement_about RENAME TO entitlement;
ALTER TABLE credential_issued ADD COLUMN about TEXT NOT NULL DEFAULT '';
-- Until now a holder had one membership credential of an operator, of whichever framework came last.
UPDATE credential_issued SET about = COALESCE((
    SELECT MAX(membership.framework) FROM membership
    WHERE membership.member = credential_issued.member AND membership.side = 'operator'
        AND membership.applicant = credential_issued.holder), '')
    WHERE kind = 'MembershipCredential';
CREATE TABLE credential_held_about (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    profile TEXT NOT NULL,
    until BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, issuer, kind, about, profile)
);
INSERT INTO credential_held_about (id, member, issuer, kind, about, profile, until, created, body)
    SELECT id, member, issuer, kind, CASE WHEN kind = 'MembershipCredential' THEN COALESCE((
        SELECT MAX(membership.framework) FROM membership
        WHERE membership.member = credential_held.member AND membership.side = 'applicant'
            AND membership.operator = credential_held.issuer), '') ELSE '' END,
        profile, until, created, body FROM credential_held;
DROP TABLE credential_held;
ALTER TABLE credential_held_about RENAME TO credential_held;
UPDATE membership SET body = json_remove(body, '$.credential');
INSERT INTO _sqlx_migrations VALUES(15,'matters','2026-11-30 06:13:00',1,X'e816d77fa1cd94f15736284c048ea66c627ceb6627ed58f6ebfcdee9eb80debfb2cf0d71cd013eca9253e1096bd9eb19',1000000);
COMMIT;
