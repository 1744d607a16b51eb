//! RFC 7541, Appendix C, in full: what each example decodes to, the table after it, and the same octets from the encoder.

use wireproof_http2::hpack::{Coding, Decoder, Encoder, Error, Field, Limits};

/// A block of an example.
struct Block {
    section: &'static str,
    /// In hexadecimal.
    octets: &'static str,
    fields: &'static [&'static str],
    /// The dynamic table after it, with the sizes of the entries.
    table: &'static [(usize, &'static str)],
    size: usize,
}

/// C.2.1.
const C_2_1: &[Block] = &[Block {
    section: "C.2.1",
    octets: "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
    fields: &["custom-key: custom-header"],
    table: &[(55, "custom-key: custom-header")],
    size: 55,
}];

/// C.2.2.
const C_2_2: &[Block] = &[Block {
    section: "C.2.2",
    octets: "040c2f73616d706c652f70617468",
    fields: &[":path: /sample/path"],
    table: &[],
    size: 0,
}];

/// C.2.3.
const C_2_3: &[Block] = &[Block {
    section: "C.2.3",
    octets: "100870617373776f726406736563726574",
    fields: &["password: secret"],
    table: &[],
    size: 0,
}];

/// C.2.4.
const C_2_4: &[Block] = &[Block { section: "C.2.4", octets: "82", fields: &[":method: GET"], table: &[], size: 0 }];

/// C.3.
const C_3: &[Block] = &[
    Block {
        section: "C.3.1",
        octets: "828684410f7777772e6578616d706c652e636f6d",
        fields: &[":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
        table: &[(57, ":authority: www.example.com")],
        size: 57,
    },
    Block {
        section: "C.3.2",
        octets: "828684be58086e6f2d6361636865",
        fields: &[
            ":method: GET",
            ":scheme: http",
            ":path: /",
            ":authority: www.example.com",
            "cache-control: no-cache",
        ],
        table: &[(53, "cache-control: no-cache"), (57, ":authority: www.example.com")],
        size: 110,
    },
    Block {
        section: "C.3.3",
        octets: "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        fields: &[
            ":method: GET",
            ":scheme: https",
            ":path: /index.html",
            ":authority: www.example.com",
            "custom-key: custom-value",
        ],
        table: &[
            (54, "custom-key: custom-value"),
            (53, "cache-control: no-cache"),
            (57, ":authority: www.example.com"),
        ],
        size: 164,
    },
];

/// C.4.
const C_4: &[Block] = &[
    Block {
        section: "C.4.1",
        octets: "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        fields: &[":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
        table: &[(57, ":authority: www.example.com")],
        size: 57,
    },
    Block {
        section: "C.4.2",
        octets: "828684be5886a8eb10649cbf",
        fields: &[
            ":method: GET",
            ":scheme: http",
            ":path: /",
            ":authority: www.example.com",
            "cache-control: no-cache",
        ],
        table: &[(53, "cache-control: no-cache"), (57, ":authority: www.example.com")],
        size: 110,
    },
    Block {
        section: "C.4.3",
        octets: "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        fields: &[
            ":method: GET",
            ":scheme: https",
            ":path: /index.html",
            ":authority: www.example.com",
            "custom-key: custom-value",
        ],
        table: &[
            (54, "custom-key: custom-value"),
            (53, "cache-control: no-cache"),
            (57, ":authority: www.example.com"),
        ],
        size: 164,
    },
];

/// C.5.
const C_5: &[Block] = &[
    Block {
        section: "C.5.1",
        octets: "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54\
         6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        fields: &[
            ":status: 302",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ],
        table: &[
            (63, "location: https://www.example.com"),
            (65, "date: Mon, 21 Oct 2013 20:13:21 GMT"),
            (52, "cache-control: private"),
            (42, ":status: 302"),
        ],
        size: 222,
    },
    Block {
        section: "C.5.2",
        octets: "4803333037c1c0bf",
        fields: &[
            ":status: 307",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ],
        table: &[
            (42, ":status: 307"),
            (63, "location: https://www.example.com"),
            (65, "date: Mon, 21 Oct 2013 20:13:21 GMT"),
            (52, "cache-control: private"),
        ],
        size: 222,
    },
    Block {
        section: "C.5.3",
        octets: "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f\
         3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076\
         657273696f6e3d31",
        fields: &[
            ":status: 200",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:22 GMT",
            "location: https://www.example.com",
            "content-encoding: gzip",
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ],
        table: &[
            (98, "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
            (52, "content-encoding: gzip"),
            (65, "date: Mon, 21 Oct 2013 20:13:22 GMT"),
        ],
        size: 215,
    },
];

/// C.6.
const C_6: &[Block] = &[
    Block {
        section: "C.6.1",
        octets: "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f\
         0b97c8e9ae82ae43d3",
        fields: &[
            ":status: 302",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ],
        table: &[
            (63, "location: https://www.example.com"),
            (65, "date: Mon, 21 Oct 2013 20:13:21 GMT"),
            (52, "cache-control: private"),
            (42, ":status: 302"),
        ],
        size: 222,
    },
    Block {
        section: "C.6.2",
        octets: "4883640effc1c0bf",
        fields: &[
            ":status: 307",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ],
        table: &[
            (42, ":status: 307"),
            (63, "location: https://www.example.com"),
            (65, "date: Mon, 21 Oct 2013 20:13:21 GMT"),
            (52, "cache-control: private"),
        ],
        size: 222,
    },
    Block {
        section: "C.6.3",
        octets: "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df\
         dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        fields: &[
            ":status: 200",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:22 GMT",
            "location: https://www.example.com",
            "content-encoding: gzip",
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ],
        table: &[
            (98, "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
            (52, "content-encoding: gzip"),
            (65, "date: Mon, 21 Oct 2013 20:13:22 GMT"),
        ],
        size: 215,
    },
];

fn octets(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.chars().map(|c| c.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The parts of `name: value`, where a name may begin with a colon.
fn parts(field: &str) -> (&[u8], &[u8]) {
    let colon = 1 + field[1..].find(": ").unwrap();
    (&field.as_bytes()[..colon], &field.as_bytes()[colon + 2..])
}

fn shown(name: &[u8], value: &[u8]) -> String {
    format!("{}: {}", String::from_utf8_lossy(name), String::from_utf8_lossy(value))
}

fn decoded(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<String>, Error> {
    let mut fields = Vec::new();
    decoder.decode(block, &Limits::default(), |field| fields.push(shown(field.name, field.value)))?;
    Ok(fields)
}

fn check_decoding(mut decoder: Decoder, blocks: &[Block]) {
    for block in blocks {
        let fields = decoded(&mut decoder, &octets(block.octets)).unwrap();
        assert_eq!(fields, block.fields, "{}", block.section);
        let table: Vec<_> = decoder.entries().map(|(n, v)| (n.len() + v.len() + 32, shown(n, v))).collect();
        let expected: Vec<_> = block.table.iter().map(|(size, field)| (*size, field.to_string())).collect();
        assert_eq!((table, decoder.table_size()), (expected, block.size), "{}", block.section);
    }
}

fn check_encoding(mut encoder: Encoder, blocks: &[Block]) {
    for block in blocks {
        let fields = block.fields.iter().map(|field| parts(field)).map(|(name, value)| Field::new(name, value));
        let mut out = Vec::new();
        encoder.encode(fields, &mut out);
        assert_eq!(out, octets(block.octets), "{}", block.section);
        assert_eq!(encoder.table_size(), block.size, "{}", block.section);
    }
}

/// An encoder that has told the size of its table already.
fn encoder(coding: Coding, size: usize) -> Encoder {
    let mut encoder = Encoder::new();
    encoder.coding(coding);
    encoder.set_max_table_size(size);
    encoder.encode([], &mut Vec::new());
    encoder
}

#[test]
fn examples_decode_to_their_fields_and_tables() {
    for single in [C_2_1, C_2_2, C_2_3, C_2_4, C_3, C_4] {
        check_decoding(Decoder::default(), single);
    }
    for responses in [C_5, C_6] {
        check_decoding(Decoder::new(256), responses);
    }
}

#[test]
fn the_encoder_writes_the_examples() {
    check_encoding(encoder(Coding::Never, 4096), C_2_1);
    check_encoding(encoder(Coding::Never, 4096), C_2_4);
    check_encoding(encoder(Coding::Never, 4096), C_3);
    check_encoding(encoder(Coding::Always, 4096), C_4);
    check_encoding(encoder(Coding::Never, 256), C_5);
    check_encoding(encoder(Coding::Always, 256), C_6);
}

/// C.2.2 is a choice that the encoder makes only for large fields: here the table is small.
#[test]
fn a_literal_without_indexing_is_written() {
    check_encoding(encoder(Coding::Never, 64), C_2_2);
}

#[test]
fn a_literal_never_indexed_is_written_and_known_again() {
    let field = Field { never_indexed: true, ..Field::new(b"password", b"secret") };
    let mut block = Vec::new();
    encoder(Coding::Never, 4096).encode([field], &mut block);
    assert_eq!(block, octets(C_2_3[0].octets));
    let mut marks = Vec::new();
    Decoder::default().decode(&block, &Limits::default(), |field| marks.push(field.never_indexed)).unwrap();
    assert_eq!(marks, [true]);
}
