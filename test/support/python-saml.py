"""What python3-saml and xmlsec say about our documents, and documents that they have signed.

Reads one list of questions as JSON from stdin and answers each in its turn on stdout.
"""

import json
import os
import sys

import onelogin.saml2
import xmlsec
from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SCHEMAS = os.path.join(os.path.dirname(onelogin.saml2.__file__), "schemas")
SIGNATURES = {"sha256": xmlsec.Transform.RSA_SHA256, "sha512": xmlsec.Transform.RSA_SHA512}
DIGESTS = {"sha256": xmlsec.Transform.SHA256, "sha512": xmlsec.Transform.SHA512}


def validate(question):
    """Whether a document fits its schema of SAML 2.0."""
    with open(os.path.join(SCHEMAS, f"saml-schema-{question['schema']}-2.0.xsd"), "rb") as file:
        schema = etree.XMLSchema(etree.parse(file))
    schema.validate(etree.fromstring(question["xml"].encode()))
    return {"errors": [entry.message for entry in schema.error_log]}


def judge(question):
    """What a service provider built on python3-saml makes of an answer."""
    settings = OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {
                "entityId": question["spEntityId"],
                "assertionConsumerService": {"url": question["acsUrl"]},
                "privateKey": question.get("decryptionKey", ""),
                "x509cert": question.get("decryptionCertificate", ""),
            },
            "idp": {
                "entityId": question["idpEntityId"],
                "singleSignOnService": {"url": "https://idp.test/sso"},
                "x509cert": question["certificate"],
            },
            "security": {"rejectDeprecatedAlgorithm": True, "allowRepeatAttributeName": True},
        }
    )
    host, path = question["acsUrl"].removeprefix("https://").split("/", 1)
    request = {"https": "on", "http_host": host, "script_name": "/" + path, "server_port": "443"}
    try:
        response = OneLogin_Saml2_Response(settings, question["response"])
        if not response.is_valid(request, question["requestId"]):
            return {"error": response.get_error()}
        return {"nameId": response.get_nameid(), "attributes": response.get_attributes()}
    except Exception as error:  # every refusal is an answer
        return {"error": str(error)}


def sign(question):
    """A document signed by xmlsec; between the two signatures the assertion may be encrypted."""
    root = etree.fromstring(question["xml"].encode())
    assertion = root.find(f"{ASSERTION}Assertion")
    if question["parts"] in ("assertion", "both"):
        sign_element(root, assertion, question)
    if question.get("encryptFor"):
        encrypt(assertion, question["encryptFor"])
    if question["parts"] in ("response", "both"):
        sign_element(root, root, question)
    return {"xml": etree.tostring(root).decode()}


def sign_element(root, element, question):
    digest = DIGESTS[question["algorithm"]]
    signature = xmlsec.template.create(
        root, xmlsec.Transform.EXCL_C14N, SIGNATURES[question["algorithm"]], ns="ds"
    )
    element.find(f"{ASSERTION}Issuer").addnext(signature)
    reference = xmlsec.template.add_reference(signature, digest, uri="#" + element.get("ID"))
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(question["privateKey"], xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(question["certificate"], xmlsec.KeyFormat.PEM)
    xmlsec.tree.add_ids(root, ["ID"])
    context.sign(signature)


def encrypt(assertion, certificate):
    # As text of its own: what a provider encrypts names its namespaces itself.
    text = etree.tostring(assertion)
    holder = etree.Element(f"{ASSERTION}EncryptedAssertion")
    assertion.getparent().replace(assertion, holder)
    data = xmlsec.template.encrypted_data_create(
        holder, xmlsec.Transform.AES256_GCM, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    holder.append(data)
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM, None))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
    context.encrypt_binary(data, text)


COMMANDS = {"validate": validate, "judge": judge, "sign": sign}
json.dump([COMMANDS[question["ask"]](question) for question in json.load(sys.stdin)], sys.stdout)
