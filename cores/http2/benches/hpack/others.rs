//! Codecs behind one face.

use wireproof_http2::hpack;

use crate::inputs::Fields;

/// A decoder, and the octets of all names and values of a block.
pub(crate) trait Decode {
    fn new() -> Self;
    fn decode(&mut self, block: &[u8]) -> usize;
}

/// An encoder, which appends a block.
pub(crate) trait Encode {
    /// A section as it takes it.
    type Section;
    fn new() -> Self;
    fn section(fields: &Fields) -> Self::Section;
    fn encode(&mut self, section: &Self::Section, out: &mut Vec<u8>);
}

/// The reference codec.
pub(crate) struct Ours {
    decoder: hpack::Decoder,
    encoder: hpack::Encoder,
}

impl Decode for Ours {
    fn new() -> Ours {
        Ours { decoder: hpack::Decoder::default(), encoder: hpack::Encoder::new() }
    }

    fn decode(&mut self, block: &[u8]) -> usize {
        let mut octets = 0;
        let limits = hpack::Limits { string: usize::MAX };
        let each = |field: hpack::Field<'_>| octets += field.name.len() + field.value.len();
        self.decoder.decode(block, &limits, each).expect("the block is right");
        octets
    }
}

impl Encode for Ours {
    type Section = Fields;

    fn new() -> Ours {
        Decode::new()
    }

    fn section(fields: &Fields) -> Fields {
        fields.clone()
    }

    fn encode(&mut self, section: &Fields, out: &mut Vec<u8>) {
        self.encoder.encode(section.iter().map(|(n, v)| hpack::Field::new(n.as_bytes(), v.as_bytes())), out);
    }
}

/// fluke-hpack.
pub(crate) struct Fluke {
    decoder: fluke_hpack::Decoder<'static>,
    encoder: fluke_hpack::Encoder<'static>,
}

impl Decode for Fluke {
    fn new() -> Fluke {
        Fluke { decoder: fluke_hpack::Decoder::new(), encoder: fluke_hpack::Encoder::new() }
    }

    fn decode(&mut self, block: &[u8]) -> usize {
        let mut octets = 0;
        self.decoder.decode_with_cb(block, |name, value| octets += name.len() + value.len()).expect("it is right");
        octets
    }
}

impl Encode for Fluke {
    type Section = Fields;

    fn new() -> Fluke {
        Decode::new()
    }

    fn section(fields: &Fields) -> Fields {
        fields.clone()
    }

    fn encode(&mut self, section: &Fields, out: &mut Vec<u8>) {
        let fields = section.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
        self.encoder.encode_into(fields, out).expect("a vector takes all");
    }
}

/// httlib-hpack. Its decoder takes a vector and empties it.
pub(crate) struct Httlib {
    decoder: httlib_hpack::Decoder<'static>,
    encoder: httlib_hpack::Encoder<'static>,
    block: Vec<u8>,
    fields: Vec<(Vec<u8>, Vec<u8>, u8)>,
}

impl Decode for Httlib {
    fn new() -> Httlib {
        let decoder = httlib_hpack::Decoder::with_dynamic_size(4096);
        let encoder = httlib_hpack::Encoder::with_dynamic_size(4096);
        Httlib { decoder, encoder, block: Vec::new(), fields: Vec::new() }
    }

    fn decode(&mut self, block: &[u8]) -> usize {
        self.block.clear();
        self.block.extend_from_slice(block);
        self.fields.clear();
        self.decoder.decode(&mut self.block, &mut self.fields).expect("the block is right");
        self.fields.iter().map(|(name, value, _)| name.len() + value.len()).sum()
    }
}

impl Encode for Httlib {
    type Section = Fields;

    fn new() -> Httlib {
        Decode::new()
    }

    fn section(fields: &Fields) -> Fields {
        fields.clone()
    }

    fn encode(&mut self, section: &Fields, out: &mut Vec<u8>) {
        use httlib_hpack::Encoder as E;
        for (name, value) in section {
            let how = E::WITH_INDEXING | E::BEST_FORMAT | E::HUFFMAN_VALUE;
            let field = (name.as_bytes().to_vec(), value.as_bytes().to_vec(), how); // it wants to own them
            self.encoder.encode(field, out).expect("any field can be encoded");
        }
    }
}

/// shiguredo_http2's.
pub(crate) struct Shiguredo {
    decoder: shiguredo_http2::HpackDecoder,
    encoder: shiguredo_http2::HpackEncoder,
}

impl Decode for Shiguredo {
    fn new() -> Shiguredo {
        let decoder = shiguredo_http2::HpackDecoder::new(4096);
        Shiguredo { decoder, encoder: shiguredo_http2::HpackEncoder::new(4096) }
    }

    fn decode(&mut self, block: &[u8]) -> usize {
        let fields = self.decoder.decode(block).expect("the block is right");
        fields.iter().map(|field| field.name().len() + field.value().len()).sum()
    }
}

impl Encode for Shiguredo {
    type Section = Vec<shiguredo_http2::HeaderField>;

    fn new() -> Shiguredo {
        Decode::new()
    }

    fn section(fields: &Fields) -> Self::Section {
        let made = fields.iter().map(|(name, value)| shiguredo_http2::HeaderField::new(name, value));
        made.collect::<Result<_, _>>().expect("fields are right")
    }

    fn encode(&mut self, section: &Self::Section, out: &mut Vec<u8>) {
        self.encoder.encode(out, section);
    }
}
